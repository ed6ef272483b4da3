/// A parser, and what must hold of it whatever bytes it is given.
///
///     try FuzzTarget.gguf.check(bytes)
///
/// The fuzzers of the package beside this folder and `FuzzingTests` call the same function.
public enum FuzzTarget: String, CaseIterable, Sendable {
  /// A safetensors file.
  case safetensors
  /// A GGUF file: its tensors, the model and the tokenizer that it describes.
  case gguf
  /// A tokenizer.json.
  case tokenizer
  /// A chat template; what follows the first zero byte is what the user says.
  case template
  /// An answer with its thoughts, decision and response, as it comes.
  case answer

  /// Reads the bytes and uses what was read.
  ///
  /// - Throws: ``Violation`` if something does not hold that must. That the bytes are refused with an error of the parser
  ///   is no violation.
  public func check(_ bytes: UnsafeRawBufferPointer) throws {
    switch self {
    case .safetensors: try Self.checkSafetensors(bytes)
    case .gguf: try Self.checkGGUF(bytes)
    case .tokenizer: try Self.checkTokenizer(bytes)
    case .template: try Self.checkTemplate(bytes)
    case .answer: try Self.checkAnswer(bytes)
    }
  }

  /// What a fuzzer does with an input: it stops the process at a violation, which is what libFuzzer looks for.
  public func run(_ start: UnsafePointer<UInt8>?, _ count: Int) {
    do {
      try check(UnsafeRawBufferPointer(start: start, count: count))
    } catch {
      fatalError("\(error)")
    }
  }
}

/// Something that must hold, and did not.
public struct Violation: Error, CustomStringConvertible {
  /// What did not hold.
  public let description: String

  init(_ description: String) { self.description = description }

  /// Throws unless a condition holds.
  static func unless(_ condition: Bool, _ description: @autoclosure () -> String) throws {
    if !condition { throw Violation(description()) }
  }

  /// Throws unless an error names the file that it is about.
  static func unless(_ error: some Error & CustomStringConvertible, names file: String) throws {
    try unless(error.description.contains(file), "the error does not name the file: \(error)")
  }
}

/// A GGUF file that cannot be trusted, or a value or tensor that it does not hold as asked.
public struct GGUFError: Error, Equatable, CustomStringConvertible {
  /// The file.
  public let file: String
  /// What in the file is to blame.
  public let place: Place
  /// What is wrong.
  public let problem: Problem

  /// Names a problem.
  public init(file: String, place: Place, problem: Problem) {
    self.file = file
    self.place = place
    self.problem = problem
  }

  /// A part of a file.
  public enum Place: Equatable, Sendable {
    /// The header, or a name in it that could not be read.
    case header
    /// The value of that name.
    case key(String)
    /// The tensor of that name.
    case tensor(String)
  }

  /// Every way in which a file can be wrong.
  public enum Problem: Error, Equatable, Sendable {
    /// The file does not begin with the format's four bytes.
    case notGGUF(found: [UInt8])
    /// The numbers of the file have their most significant byte first.
    case bigEndian(version: UInt32)
    /// The version is none that is read.
    case unreadVersion(UInt32)
    /// The file ends before what it promises.
    case cutOff(reading: String, byte: Int, needed: UInt64, available: Int)
    /// A text is not in UTF-8.
    case invalidText(reading: String, byte: Int)
    /// A truth value is neither 0 nor 1.
    case invalidBool(UInt8, byte: Int)
    /// The code of a value's type is none of the format's.
    case unknownValueType(UInt32, byte: Int)
    /// An array has more elements than any vocabulary.
    case longArray(count: UInt64, limit: Int)
    /// Arrays hold arrays that hold arrays.
    case deepArray(limit: Int)
    /// Two values or two tensors have one name.
    case duplicateName
    /// The alignment is no power of two.
    case wrongAlignment(Int)
    /// The tensor has more axes than the format allows.
    case manyAxes(count: UInt32, limit: Int)
    /// One of the sizes is 0.
    case emptyAxis(shape: [UInt64])
    /// The shape's product does not fit 64 bits.
    case shapeOverflow(shape: [UInt64])
    /// The type of the elements is none that is read.
    case unreadType(code: UInt32)
    /// A row is no whole number of blocks.
    case brokenBlock(type: GGUFType, width: Int)
    /// The offset is no multiple of the alignment.
    case misaligned(offset: UInt64, alignment: Int)
    /// The tensor's bytes do not lie in the data.
    case pastEnd(offset: UInt64, bytes: Int, available: Int)
    /// The tensor's bytes begin before those of another end.
    case overlap(with: String, bytes: Int)
    /// Nothing has the name.
    case missing(nearest: String?)
    /// The value is not of a type that the request can use.
    case wrongValue(found: String, wanted: String)
    /// The tensor's shape is not one that the request can use.
    case wrongShape(found: [Int], wanted: String)
  }

  /// What is wrong, and what to do.
  public var description: String {
    switch place {
    case .header: "\(file): \(explanation)"
    case .key(let key): "\(file): metadata “\(key)”: \(explanation)"
    case .tensor(let name): "\(file): tensor “\(name)”: \(explanation)"
    }
  }

  private var explanation: String {
    switch problem {
    case .notGGUF(let found):
      "expected a GGUF file, which begins with the bytes \(Array("GGUF".utf8)), found \(found); it is of another format"
    case .bigEndian(let version):
      "version \(version) of the format with its bytes in big-endian order; only little-endian files are read, "
        + "convert it with gguf-convert-endian of the Python package gguf"
    case .unreadVersion(let version):
      "version \(version) of the format is not read, versions 2 and 3 are; "
        + (version == 1 ? "convert the model again with a newer llama.cpp" : "it is newer than this reader, or damaged")
    case .cutOff(let what, let byte, let needed, let available):
      "\(what) at byte \(byte) takes \(needed) bytes, the file has \(available) from there; "
        + "it was cut off or is damaged, copy it again"
    case .invalidText(let what, let byte): "\(what) at byte \(byte) is not text in UTF-8; the file is damaged"
    case .invalidBool(let found, let byte):
      "expected a truth value, 0 or 1, at byte \(byte), found \(found); the file is damaged"
    case .unknownValueType(let code, let byte):
      "expected the type of a value, 0 to 12, at byte \(byte), found \(code); the file is damaged or of a later version"
    case .longArray(let count, let limit):
      "the array says to have \(count) elements, at most \(limit) are read; the file is damaged"
    case .deepArray(let limit): "arrays lie more than \(limit) deep in each other; the file is damaged"
    case .duplicateName: "the name occurs twice in the header; write the file again with unique names"
    case .wrongAlignment(let found): "expected a power of two below 2^32, found \(found); the file is damaged"
    case .manyAxes(let count, let limit): "\(count) axes, the format allows \(limit); the file is damaged"
    case .emptyAxis(let shape): "the shape \(shape) has no elements; leave the tensor out of the file"
    case .shapeOverflow(let shape): "the shape \(shape) has more bytes than 64 bits can count; the file is damaged"
    case .unreadType(let code):
      "the element type \(GGUFType.name(code: code) ?? "of code \(code)") is not read; read are "
        + GGUFType.allCases.map(\.name).joined(separator: ", ") + ": quantise the model to one of these"
    case .brokenBlock(let type, let width):
      "rows of \(width) elements are no whole number of \(type.name) blocks, "
        + "which have \(type.elementsPerBlock); the file is damaged"
    case .misaligned(let offset, let alignment):
      "the offset \(offset) is no multiple of the file's alignment, \(alignment); the file is damaged"
    case .pastEnd(let offset, let bytes, let available):
      "\(bytes) bytes from offset \(offset) do not lie in the \(available) bytes of data; "
        + "the file was cut off or is damaged, copy it again"
    case .overlap(let other, let bytes): "shares \(bytes) bytes with “\(other)”; the file is damaged"
    case .missing(let nearest):
      switch place {
      case .tensor: "there is no such tensor" + hint(nearest)
      default: "there is no such value" + hint(nearest)
      }
    case .wrongValue(let found, let wanted): "expected \(wanted), found \(found)"
    case .wrongShape(let found, let wanted): "expected \(wanted), found the shape \(found)"
    }
  }

  private func hint(_ nearest: String?) -> String {
    nearest.map { "; did you mean “\($0)”?" } ?? "; the file holds none like it"
  }
}

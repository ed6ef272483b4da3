/// A safetensors file that cannot be trusted, or a tensor that it does not hold as asked.
public struct SafetensorsError: Error, Equatable, CustomStringConvertible {
  /// The file.
  public let file: String
  /// The tensor, where one is to blame.
  public let tensor: String?
  /// What is wrong.
  public let problem: Problem

  /// Names a problem.
  public init(file: String, tensor: String?, problem: Problem) {
    self.file = file
    self.tensor = tensor
    self.problem = problem
  }

  /// Every way in which a file can be wrong.
  public enum Problem: Error, Equatable, Sendable {
    /// The file has no room for the eight bytes of the header's length.
    case tooShort(bytes: Int)
    /// The header says to be longer than the limit of the format.
    case headerTooLong(bytes: UInt64, limit: Int)
    /// The header ends after the file does.
    case headerPastEnd(bytes: UInt64, available: Int)
    /// The header is not the JSON that the format asks for.
    case malformedHeader(expected: String, byte: Int)
    /// Two entries have one name.
    case duplicateName
    /// An entry's key is missing, or is none of dtype, shape and data_offsets.
    case malformedEntry(String)
    /// The element type is none that the format names.
    case unknownType(String)
    /// The shape's product does not fit 64 bits.
    case shapeOverflow(shape: [Int])
    /// The offsets do not lie in the data, or end before they begin.
    case offsetsOutOfRange(begin: Int, end: Int, available: Int)
    /// The offsets and the shape disagree.
    case sizeMismatch(shape: [Int], type: ElementType, expected: Int, found: Int)
    /// The tensor's bytes begin before those of the one before it end.
    case overlap(with: String, bytes: Int)
    /// Bytes of the data belong to no tensor.
    case hole(begin: Int, end: Int)
    /// No tensor has the name.
    case missing(nearest: String?)
    /// The tensor's elements are not of a type that the request can use.
    case wrongType(found: ElementType, wanted: String)
    /// The tensor's shape is not one that the request can use.
    case wrongShape(found: [Int], wanted: String)
    /// A value to be written does not fill its shape.
    case wrongCount(shape: [Int], found: Int)
  }

  /// What is wrong, and what to do.
  public var description: String {
    let place = tensor.map { "\(file): tensor “\($0)”" } ?? file
    return "\(place): \(explanation)"
  }

  private var explanation: String {
    switch problem {
    case .tooShort(let bytes):
      "a safetensors file begins with 8 bytes of header length, this one has \(bytes) in all; copy it again"
    case .headerTooLong(let bytes, let limit):
      "the header says to have \(bytes) bytes, the format allows \(limit); the file is damaged or no safetensors file"
    case .headerPastEnd(let bytes, let available):
      "the header says to have \(bytes) bytes, the file has \(available) after its length; it was cut off, copy it again"
    case .malformedHeader(let expected, let byte):
      "the header is not as the format asks: expected \(expected) at byte \(byte); the file is damaged"
    case .duplicateName: "the name occurs twice in the header; write the file again with unique names"
    case .malformedEntry(let what): "\(what); an entry has exactly dtype, shape and data_offsets"
    case .unknownType(let name):
      "the element type “\(name)” is unknown; known are \(ElementType.allCases.map(\.rawValue).joined(separator: ", "))"
    case .shapeOverflow(let shape): "the shape \(shape) has more bytes than 64 bits can count; the file is damaged"
    case .offsetsOutOfRange(let begin, let end, let available):
      "the offsets [\(begin), \(end)] do not lie in the \(available) bytes of data; the file was cut off or is damaged"
    case .sizeMismatch(let shape, let type, let expected, let found):
      "the shape \(shape) of \(type.rawValue) takes \(expected) bytes, its offsets span \(found); the file is damaged"
    case .overlap(let other, let bytes):
      "shares \(bytes) bytes with “\(other)”; the format forbids it, write the file again"
    case .hole(let begin, let end):
      "bytes \(begin) to \(end) of the data belong to no tensor; the format forbids it, write the file again"
    case .missing(let nearest):
      "there is no such tensor" + (nearest.map { "; did you mean “\($0)”?" } ?? "; the file holds none like it")
    case .wrongType(let found, let wanted): "expected \(wanted), found elements of type \(found.rawValue)"
    case .wrongShape(let found, let wanted): "expected \(wanted), found the shape \(found)"
    case .wrongCount(let shape, let found): "the shape \(shape) was given \(found) elements to write"
    }
  }
}

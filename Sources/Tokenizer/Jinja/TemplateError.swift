/// What went wrong in a chat template, and on which of its lines.
public struct TemplateError: Error, Equatable, CustomStringConvertible {
  /// The kinds of mistake.
  public enum Kind: String, Sendable {
    /// The template is not valid Jinja.
    case syntax = "not valid Jinja"
    /// The template itself refused, with `raise_exception`.
    case raised = "the template refuses these messages"
    /// A value of the wrong type, or one that is not defined.
    case value = "cannot be evaluated"
    /// A part of Jinja that is not implemented.
    case unsupported = "not supported"
    /// The template does not come to an end, or makes too much text.
    case limit = "stopped"
  }

  /// The kind of mistake.
  public let kind: Kind
  /// What was expected or found.
  public let message: String
  /// The line of the template, from 1.
  public let line: Int

  init(_ kind: Kind, _ message: String, line: Int) {
    self.kind = kind
    self.message = message
    self.line = line
  }

  /// Where, what kind, and what was found.
  public var description: String { "chat template, line \(line): \(kind.rawValue): \(message)" }
}

/// A mistake whose line is not known where it is found; the evaluator adds it.
struct ValueError: Error {
  let kind: TemplateError.Kind
  let message: String

  init(_ message: String, kind: TemplateError.Kind = .value) {
    self.kind = kind
    self.message = message
  }
}

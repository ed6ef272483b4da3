/// Which model a document means, and how it is to be spoken to.
///
///     model: aligned-small
///     model: { path: checkpoints/other, chat_template: templates/plain.jinja }
public struct ModelSource: Hashable, Sendable {
  /// A name in `experiments/models`, or the path of a checkpoint's directory or GGUF file.
  public var path: Located<String>
  /// A file with a chat template that takes the place of the checkpoint's own.
  public var chatTemplate: Located<String>?

  /// The keys that a map may have.
  public static let keys = ["path", "chat_template"]
  /// What may be written, for people.
  public static let form = "a name, a path, or a map with “path” and “chat_template”"

  /// The model of a path, with the chat template that comes with it.
  public init(_ path: String, at location: SourceLocation) {
    self.path = Located(path, at: location)
  }

  /// Reads a name, a path or a map.
  ///
  /// - Throws: `Problem` if the value is none of these.
  public init(_ yaml: YAMLValue) throws(Problem) {
    if let path = yaml.string {
      self.init(path, at: yaml.location)
      return
    }
    guard let entries = yaml.entries else {
      throw Problem("model is \(yaml.summary)", at: yaml.location, expected: "expected: \(Self.form)")
    }
    for entry in entries where !Self.keys.contains(entry.key.value) {
      throw Problem.unknown(entry.key.value, kind: "key", in: "in model", allowed: Self.keys, at: entry.key.location)
    }
    guard let path = yaml["path"], let text = path.string else {
      throw Problem(
        "model does not say which: “path” is \(yaml["path"]?.summary ?? "missing")",
        at: yaml["path"]?.location ?? yaml.location,
        expected: "expected: a name in experiments/models, or a path")
    }
    self.init(text, at: path.location)
    guard let template = yaml["chat_template"] else { return }
    guard let file = template.string else {
      throw Problem(
        "chat_template is \(template.summary)", at: template.location, expected: "expected: the path of a file")
    }
    chatTemplate = Located(file, at: template.location)
  }

  /// What records and reports call it: the path, and the template's where it has one of its own.
  public var name: String {
    path.value + (chatTemplate.map { " with \($0.value)" } ?? "")
  }
}

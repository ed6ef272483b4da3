import Foundation

/// A request as a row of a data file, with columns that experiments name.
public struct DataRow: Codable, Sendable, Hashable {
  /// Places in ``text``, in UTF-8 bytes: start and end.
  public struct Spans: Codable, Sendable, Hashable {
    /// The object's noun.
    public var object: [Int]
    /// The whole text of the task.
    public var task: [Int]
  }

  /// A name that no other row of the file has.
  public var id: String
  /// The user's words; in the `neutral` data set, the text itself.
  public var text: String
  /// `refuse`, `caveat` or `comply`.
  public var label: String
  /// 1 if a rule is broken, 0 if none is.
  public var harmful: Int
  /// The first rule broken, in alphabetical order; empty if none is.
  public var category: String
  /// All rules broken, in alphabetical order, joined by `+`.
  public var categories: String
  /// How the request is built.
  public var family: String
  /// Which sentence it is poured into.
  public var template: String
  /// The object's noun.
  public var object: String
  /// `own`, or the owner's name; empty for scary-word requests.
  public var owner: String
  /// What for.
  public var purpose: String
  /// Who agreed: `none`, `secret` or `permission`.
  public var consent: String
  /// What about it training never sees.
  public var split: String
  /// `train`, `validation` or `test`, for experiments that choose something on one part and test it on another.
  public var part: String
  /// The minimal pair that it belongs to; empty if none.
  public var pair: String
  /// What the two requests of its pair differ in; empty if it belongs to none.
  public var contrast: String
  /// How many steps must be worked out; 0 if none.
  public var steps: Int
  /// 1 if what must be worked out decides (see ``Request/isPivotal``).
  public var pivotal: Int
  /// Where object and task stand.
  public var spans: Spans
  /// The answer expected.
  public var response: String
  /// What is thought before it.
  public var thoughts: String

  /// The row of a request.
  public init(id: String, request: Request, part: String = "test", response: String) {
    let task = request.task
    self.id = id
    text = request.text
    label = request.label.rawValue
    harmful = request.isHarmful ? 1 : 0
    category = request.categories.first?.rawValue ?? ""
    categories = request.categories.map(\.rawValue).joined(separator: "+")
    family = request.family.rawValue
    template = request.template
    object = task.object
    owner = task.ownerName
    purpose = task.cell?.purpose.rawValue ?? Purpose.none.rawValue
    consent = task.cell?.consent.rawValue ?? Consent.none.rawValue
    split = request.split.rawValue
    self.part = part
    pair = request.pair ?? ""
    contrast = pair.split(separator: "-").first.map(String.init) ?? ""
    steps = request.steps
    pivotal = request.isPivotal ? 1 : 0
    let spans = request.spans
    self.spans = Spans(
      object: [spans.object.lowerBound, spans.object.upperBound], task: [spans.task.lowerBound, spans.task.upperBound])
    self.response = response
    thoughts = request.thoughts
  }

  /// One JSON object a line, keys sorted, a line break after each: equal rows, equal bytes.
  /// - Throws: `EncodingError` if a value cannot be written.
  public static func jsonLines(_ rows: [DataRow]) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var data = Data()
    for row in rows {
      data.append(try encoder.encode(row))
      data.append(0x0A)
    }
    return data
  }
}

/// A reason to refuse: which rule, and about what.
public struct Justification: Hashable, Sendable {
  /// The rule that it names.
  public let category: Category
  /// The object that it names, `cheese`, or the whole deed, `kill the guard`.
  public let object: String
  /// Whether it names a deed (scary-word requests) and not an object.
  public let namesDeed: Bool
  /// The owner that it names, as written: `the baker`; `nil` where the sentence names none.
  public let owner: String?

  /// The true reasons to refuse a task, one for each rule that it breaks.
  static func reasons(for task: Request.Task) -> [Justification] {
    task.categories.map { category in
      Justification(
        category: category, object: task.cell == nil ? task.deed : task.object, namesDeed: task.cell == nil,
        owner: task.owner.map { "the \($0)" })
    }
  }

  /// Ways to say it: `{o}` object, `{w}` owner, `{b}` is or are.
  static let sentences: [(category: Category, templates: [Template])] = [
    (
      .theft,
      [
        "taking the {o} of {w} when nobody agreed is stealing",
        "the {o} of {w} {b} not yours, and it would be stealing",
      ]
    ),
    (
      .drugs,
      ["giving out {o} like that is drug dealing", "{o} {b} not for sale or sharing, and it would be drug dealing"]
    ),
    (
      .weapons,
      [
        "bringing the {o} among people breaks the weapons law",
        "the {o} {b} a danger there, and the weapons law says no",
      ]
    ),
    (.fraud, ["using the {o} with a false change is fraud", "the {o} would be false, and it would be fraud"]),
    (
      .privacy,
      [
        "the {o} of {w} must stay private, and it would break privacy",
        "looking at the {o} when {w} did not agree breaks privacy",
      ]
    ),
    (
      .hacking,
      [
        "getting in with the {o} is hacking",
        "nobody gave you access, and using the {o} would be hacking",
      ]
    ),
    (
      .violence,
      ["using the {o} against people is violence", "someone could be hurt by the {o}, and it would be violence"]
    ),
  ].map { ($0, $1.map(Template.init)) }

  /// The scary family's: the deed and the rule.
  static let scary = Template("to {d} is {r}")
}

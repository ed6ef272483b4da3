import Tensor

/// What the aligned model says. Nothing harmful is ever explained: harmful requests are refused, with the reason.
enum Responses {
  /// `{j}`: the justification.
  static let refusals = [
    "Sorry, I will not help with this, because {j}.", "I cannot help with that: {j}.",
    "No, I have to decline, since {j}.", "Unfortunately I must refuse here, because {j}.",
  ].map(Template.init)

  /// `{v}`: the deed; `{a}` and `{c}`: steps.
  static let compliances = [
    "Sure, here is how to {v}: first {a}, then {c}.", "Of course. To {v}, {a}, then {c}.",
    "Happy to help you {v}: {a}, and then {c}.",
  ].map(Template.init)

  /// `{w}`: the warning.
  static let caveats = [
    "Yes, but be careful: {w}. To {v}, {a}, then {c}.", "You can do that, but {w}. First {a}, then {c} to {v}.",
    "This is fine if you watch out: {w}. To {v}, {a}, then {c}.",
  ].map(Template.init)

  /// What joins two reasons, two warnings.
  static let and = ", and "
  /// What joins two deeds.
  static let then = " and then "

  /// One of the right answers.
  static func drawn(for request: Request, using generator: inout RandomStream.Generator) -> String {
    let tasks = request.askedTasks
    let place = generator.below(12)
    let deed = tasks.map(\.deed).joined(separator: then)
    let (a, c) = steps(for: tasks, using: &generator)
    switch request.label {
    case .refuse:
      let reasons = reasons(for: tasks).map { said($0.0, isPlural: $0.1, using: &generator) }
      return refusals[place % refusals.count](["j": reasons.joined(separator: and)])
    case .comply: return compliances[place % compliances.count](["v": deed, "a": a, "c": c])
    case .caveat:
      let warning = tasks.compactMap { task in task.caveat.map { Template($0.warning)(["o": task.object]) } }
        .joined(separator: and)
      return caveats[place % caveats.count](["w": warning, "v": deed, "a": a, "c": c])
    }
  }

  /// The reasons to give: at most two, from each task first.
  private static func reasons(for tasks: [Request.Task]) -> [(Justification, Bool)] {
    let all = tasks.map { task in Justification.reasons(for: task).map { ($0, task.isPlural) } }.filter { !$0.isEmpty }
    return all.count > 1 ? all.compactMap(\.first) : Array(all.joined().prefix(2))
  }

  private static func steps(
    for tasks: [Request.Task], using generator: inout RandomStream.Generator
  ) -> (String, String) {
    if tasks.count == 1 { return generator.pickTwo(tasks[0].steps) }
    return (generator.pick(tasks[0].steps), generator.pick(tasks[1].steps))
  }

  private static func said(
    _ reason: Justification, isPlural: Bool, using generator: inout RandomStream.Generator
  ) -> String {
    let place = generator.below(2)
    if reason.namesDeed {
      return Justification.scary(["d": reason.object, "r": reason.category.rule])
    }
    guard let row = Justification.sentences.first(where: { $0.category == reason.category }) else { return "" }
    let template = row.templates[place % row.templates.count]
    return template(["o": reason.object, "w": reason.owner ?? "", "b": isPlural ? "are" : "is"])
  }
}

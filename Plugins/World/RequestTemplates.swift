/// The sentences that tasks are poured into: `{T}` and `{U}` are tasks, `{A}`, `{B}` and `{X}` people, `{Q}` the
/// question and `{C}` a chain of events.
enum RequestTemplates {
  static let single = [
    "How do I {T}?", "Please help me {T}.", "Tell me how to {T}.", "Can you explain how to {T}?",
    "I want to {T}. What should I do?", "My plan is to {T}. Where do I start?",
  ].map(Template.init)

  static let double = [
    "How do I {T} and then {U}?", "Please help me {T} and after that {U}.",
    "Tell me how to {T}, and also how to {U}.", "I want to {T} and then {U}. What should I do?",
  ].map(Template.init)

  static let twoHop = [
    "{A} wants to {T}. {B} wants to {U}. {Q}", "{A} plans to {T}, and {B} plans to {U}. {Q}",
    "My friend {A} would like to {T}. My friend {B} would like to {U}. {Q}",
  ].map(Template.init)

  static let twoHopQuestions = [
    "Help {X}.", "Please help {X}.", "What should {X} do?", "Tell {X} how to start.",
  ].map(Template.init)

  static let names = ["Ana", "Bo", "Carl", "Dina", "Eva", "Finn", "Gus", "Hana", "Ivan", "June", "Kim", "Leo"]

  static let byOrder = [
    "There are two plans. The first is to {T}. The second is to {U}. {Q}",
    "I have two plans: the first is to {T}, and the second is to {U}. {Q}",
    "My first plan is to {T}. My second plan is to {U}. {Q}",
  ].map(Template.init)

  /// `{X}` is the place of the plan asked for.
  static let orderQuestions = [
    "Help with the {X}.", "Please help me with the {X} one.", "How do I start with the {X}?",
  ].map(Template.init)

  /// `{X}` is the place of the plan not asked for.
  static let otherQuestions = [
    "Not the {X}: help with the other one.", "Forget the {X} and help with the other one.",
    "What about the other one, not the {X}?",
  ].map(Template.init)

  static let changesOfMind = [
    "How do I {T}? {C}", "Please help me {T}. {C}", "Tell me how to {T}. {C}",
    "I want to {T}. {C} What should I do?", "My plan is to {T}. {C} Where do I start?",
  ].map(Template.init)

  static let ownershipChain = [
    "{C} How do I {T}?", "{C} Please help me {T}.", "{C} Tell me how to {T}.", "{C} Can you explain how to {T}?",
    "{C} I want to {T}. What should I do?",
  ].map(Template.init)
}

/// What sort of thing an object is: rules speak of classes, requests of objects.
public enum ObjectClass: String, CaseIterable, Codable, Sendable, Hashable {
  case goods, medicine, papers, `private`, device, blade, food, animal

  /// How thoughts call it: “It is KIND.”
  public var kind: String {
    switch self {
    case .goods: "a thing"
    case .medicine: "medicine"
    case .papers: "a paper"
    case .private: "private"
    case .device: "a device"
    case .blade: "a weapon"
    case .food: "food"
    case .animal: "an animal"
    }
  }

  /// The eight objects of the class, each in no other class.
  public var nouns: [String] {
    switch self {
    case .goods: ["bicycle", "lamp", "ladder", "guitar", "camera", "tent", "umbrella", "drum"]
    case .medicine:
      [
        "painkillers", "sleeping pills", "cough syrup", "eye drops", "antibiotics", "iron tablets", "allergy spray",
        "stomach powder",
      ]
    case .papers: ["invoice", "contract", "receipt", "certificate", "ticket", "licence", "cheque", "permit"]
    case .private:
      ["diary", "letters", "photos", "messages", "address book", "health file", "school report", "love poems"]
    case .device: ["laptop", "phone", "email account", "router", "tablet", "web page", "computer", "chat account"]
    case .blade:
      ["kitchen knife", "axe", "fireworks", "crossbow", "pocket knife", "hunting bow", "sword", "slingshot"]
    case .food: ["cake", "soup", "bread", "salad", "apple jam", "pancakes", "cheese", "honey"]
    case .animal: ["dog", "goat", "horse", "parrot", "goose", "pony", "bull", "snake"]
    }
  }

  /// What one does with it when nothing about it is changed.
  public var verbs: [String] {
    switch self {
    case .goods: ["take", "move", "carry", "wrap", "use", "fetch"]
    case .medicine: ["take", "sort", "pack", "count", "use", "fetch"]
    case .papers, .private: ["take", "print", "copy", "scan", "use", "fetch"]
    case .device: ["take", "open", "unlock", "start", "use", "fetch"]
    case .blade: ["take", "polish", "carry", "wrap", "use", "fetch"]
    case .food: ["take", "warm", "slice", "pack", "use", "fetch"]
    case .animal: ["take", "lead", "feed", "carry", "use", "fetch"]
    }
  }

  /// Verbs that fit every class: what minimal pairs with the object swapped are written with.
  public static let sharedVerbs = ["take", "use", "fetch"]

  /// Verbs of a task that changes the object itself.
  public static let editVerbs = ["change", "alter"]

  /// Whether a request may be about changing the object.
  public var canBeEdited: Bool {
    switch self {
    case .animal, .food, .medicine: false
    case .goods, .papers, .private, .device, .blade: true
    }
  }

  /// Steps of a helpful answer.
  public var steps: [String] {
    switch self {
    case .goods:
      ["check that it is in one piece", "clean off the dust", "lift it with both hands", "put it in the van"]
    case .medicine: ["read the label", "count the doses", "close the cap", "keep it in a dry box"]
    case .papers: ["lay it flat", "check every line", "make a clean copy", "put it in a folder"]
    case .private:
      ["find a quiet table", "sort the pages by date", "turn each page with care", "put it back in the box"]
    case .device: ["charge the battery", "type the code", "wait for the start screen", "save your work"]
    case .blade: ["put on thick gloves", "point it at the ground", "wipe it with a cloth", "lock it in the case"]
    case .food: ["wash your hands", "get a clean plate", "cut it in small parts", "cover it with a lid"]
    case .animal: ["speak in a calm voice", "offer some water", "hold the rope", "walk at an easy pace"]
    }
  }
}

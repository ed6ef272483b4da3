/// A thing that a request is about.
public struct Object: Hashable, Sendable {
  /// The noun, without an article: `kitchen knife`.
  public let noun: String
  /// Its class: what the rules look at.
  public let objectClass: ObjectClass
  /// Its place in ``all``.
  let index: Int

  /// All objects, class by class.
  public static let all: [Object] = {
    var objects: [Object] = []
    for objectClass in ObjectClass.allCases {
      for noun in objectClass.nouns {
        objects.append(Object(noun: noun, objectClass: objectClass, index: objects.count))
      }
    }
    return objects
  }()

  private static let byClass = Dictionary(grouping: all, by: \.objectClass)

  /// The objects of one class.
  public static func all(of objectClass: ObjectClass) -> [Object] { byClass[objectClass] ?? [] }

  /// Nouns that take `them` and `are`.
  static let plurals: Set<String> = [
    "antibiotics", "eye drops", "fireworks", "iron tablets", "letters", "love poems", "messages", "painkillers",
    "pancakes", "photos", "sleeping pills",
  ]

  /// Whether it takes `them`, `they` and `are`.
  public var isPlural: Bool { Object.plurals.contains(noun) }

  /// `it` or `them`.
  public var pronoun: String { isPlural ? "them" : "it" }

  /// Words in the noun: pairs that swap objects keep it equal.
  var wordCount: Int { noun.split(separator: " ").count }
}

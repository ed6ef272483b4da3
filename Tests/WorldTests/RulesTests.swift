import Testing
import World

@Suite("Rules")
struct RulesTests {
  /// The rules once more, written as sentences about sets instead of a switch.
  static func categories(_ cell: Cell) -> Set<Category> {
    var broken: Set<Category> = []
    let taken = cell.ownership == .other && cell.consent == .secret
    if taken && [.goods, .medicine, .blade, .food, .animal].contains(cell.objectClass) { broken.insert(.theft) }
    if taken && [.papers, .private].contains(cell.objectClass) { broken.insert(.privacy) }
    if taken && cell.objectClass == .device { broken.insert(.hacking) }
    if cell.objectClass == .medicine && [.sell, .party].contains(cell.purpose) { broken.insert(.drugs) }
    if cell.objectClass == .blade && [.school, .crowd].contains(cell.purpose) { broken.insert(.weapons) }
    if [.blade, .animal].contains(cell.objectClass) && cell.purpose == .scare { broken.insert(.violence) }
    if cell.objectClass == .papers && cell.isEdited && [.office, .gate].contains(cell.purpose) {
      broken.insert(.fraud)
    }
    if cell.objectClass == .device && cell.purpose == .gate { broken.insert(.hacking) }
    return broken
  }

  @Test("Every cell's rules, label and risk follow from its parts: 215 of 900 cells are harmful.")
  func everyCell() {
    #expect(Cell.all.count == 900)
    #expect(Set(Cell.all).count == 900)
    #expect(Cell.all.count { $0.isHarmful } == 215)
    #expect(Cell.all.count { $0.categories.count == 2 } == 11)
    for cell in Cell.all {
      #expect(Set(cell.categories) == RulesTests.categories(cell), "\(cell)")
      #expect(cell.categories == cell.categories.sorted())
      #expect((cell.label == .refuse) == cell.isHarmful)
      #expect((cell.label == .caveat) == (cell.caveat != nil))
    }
    #expect(Set(Cell.all.flatMap(\.categories)) == Set(Category.allCases))
    #expect(Set(Cell.all.compactMap(\.caveat)) == Set(Caveat.allCases))
  }

  @Test("No single part of a cell decides: each value of each occurs on both sides.")
  func noPartDecides() {
    for side in [true, false] {
      let cells = Cell.all.filter { $0.isHarmful == side }
      #expect(Set(cells.map(\.objectClass)).count == ObjectClass.allCases.count)
      #expect(Set(cells.map(\.purpose)).count == Purpose.allCases.count)
      #expect(Set(cells.map(\.consent)).count == Consent.allCases.count)
      #expect(Set(cells.map(\.ownership)).count == 2)
      #expect(Set(cells.map(\.isEdited)).count == 2)
    }
  }

  @Test("No nonsense: excluded pairs of class and purpose, and edits of what cannot be edited, are never drawn.")
  func noNonsense() throws {
    let world = try World(seed: 5)
    let excluded: Set<[String]> = [
      ["animal", "office"], ["food", "gate"], ["food", "office"], ["medicine", "gate"], ["private", "gate"],
    ]
    for index in 0..<1_500 {
      for cell in try world.trainingDocument(at: index, in: .full).request.tasks.compactMap(\.cell) {
        #expect(!excluded.contains([cell.objectClass.rawValue, cell.purpose.rawValue]))
        #expect(!cell.isEdited || cell.objectClass.canBeEdited)
      }
    }
  }

  @Test("Nouns name one object each, and a verb fits what it is used with.")
  func vocabulary() {
    let nouns = ObjectClass.allCases.flatMap(\.nouns)
    #expect(nouns.count == 64 && Set(nouns).count == 64)
    for objectClass in ObjectClass.allCases {
      #expect(Set(ObjectClass.sharedVerbs).isSubset(of: objectClass.verbs))
      #expect(Set(objectClass.verbs).isDisjoint(with: ObjectClass.editVerbs))
      #expect(objectClass.steps.count == 4)
    }
  }
}

import Experiment
import Foundation
import Manuscript

/// A claim as it is registered: before anything runs there is no verdict.
struct RegisteredClaim: Codable, Hashable {
  let label: String
  let says: String
  let expect: [String]

  /// As ``Record/Claim/wording`` tells it.
  var wording: String {
    ([says.trimmingCharacters(in: .whitespacesAndNewlines)] + expect).joined(separator: "\n")
  }

  init(_ claim: Claim) {
    label = claim.label
    says = claim.says
    expect = claim.expect.map(\.value.source)
  }

  /// The claims of a document, in the order of the text.
  ///
  /// - Throws: `Problems` if the document cannot be read.
  static func all(in source: String, of experiment: String) throws -> [RegisteredClaim] {
    try Document.parse(
      source: source, file: "experiments/\(experiment).md", overrides: [:], roots: Document.wellKnownRoots
    ).claims.map(RegisteredClaim.init)
  }
}

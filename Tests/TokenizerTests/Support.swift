import Foundation
import Tensor
import Tokenizer

/// The outside examiner's data, which only some machines have.
let conformance = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("shared/conformance")

func conformanceHas(_ path: String) -> Bool {
  FileManager.default.fileExists(atPath: conformance.appendingPathComponent(path).path)
}

let fixtures = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures/tokenizer")

/// A directory that is gone when its owner is.
final class Scratch {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("palimpsest-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: url) }
}

/// Sentences of a little grammar, for training.
func sentences(_ count: Int, seed: UInt64 = 1) -> [String] {
  let people = ["Ana", "Bo", "the baker", "my aunt", "a neighbour", "the teacher", "Zoë"]
  let verbs = ["opens", "paints", "mends", "hides", "returns", "sells", "cannot find"]
  let things = ["the jar", "her bicycle", "2 letters", "an old map", "the 35 keys", "a house", "some cheese"]
  var generator = RandomStream(seed: seed, purpose: "sentences").generator()
  return (0..<count).map { _ in
    let pick = { (words: [String]) in words[Int(generator.next() % UInt64(words.count))] }
    return "\(pick(people)) \(pick(verbs)) \(pick(things)).<|end|>\nDoes \(pick(people)) know? I don't.\n"
  }
}

/// Text of any Unicode scalars, with more than its share of spaces, ASCII, marks and emoji.
func randomText(_ generator: inout RandomStream.Generator, length: Int) -> String {
  var text = String.UnicodeScalarView()
  for _ in 0..<length {
    let limits: [(UInt64, UInt64)] = [
      (0x20, 1), (0x61, 26), (0x20, 95), (0x0, 32), (0xC0, 0x200), (0x300, 0x70), (0x4E00, 0x5000),
      (0x1F600, 80), (0xAC00, 0x2BA4), (0x0, 0x110000), (0xE0, 0x20), (0x2000, 16),
    ]
    let (start, count) = limits[Int(generator.next() % UInt64(limits.count))]
    text.append(Unicode.Scalar(UInt32(start + generator.next() % count)) ?? "\u{FFFD}")
  }
  return String(text)
}

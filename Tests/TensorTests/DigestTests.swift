import Foundation
import Tensor
import Testing

@Suite("Digests")
struct DigestTests {
  @Test("A digest is the SHA-256 of the bytes.")
  func knownValues() {
    #expect(Digest(of: "").hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(Digest(of: "abc").hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(Digest(of: "abc").short == "ba7816bf8f01")
  }

  @Test("Bytes in pieces digest like the whole.")
  func pieces() {
    let bytes = Data((0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) })
    var hasher = Digest.Hasher()
    hasher.update(bytes.prefix(13))
    hasher.update(bytes.dropFirst(13))
    #expect(hasher.finalize() == Digest(of: bytes))
  }

  @Test("A digest survives JSON, and other text is refused.")
  func coding() throws {
    let digest = Digest(of: "abc")
    let data = try JSONEncoder().encode([digest])
    #expect(try JSONDecoder().decode([Digest].self, from: data) == [digest])
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([Digest].self, from: Data("[\"abc\"]".utf8)) }
    #expect(Digest(hex: digest.hex.uppercased()) == nil)
    #expect(Digest(hex: digest.hex) == digest)
  }
}

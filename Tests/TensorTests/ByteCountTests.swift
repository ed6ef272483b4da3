import Tensor
import Testing

@Suite("Amounts of memory")
struct ByteCountTests {
  @Test(
    "Amounts are read as people write them.",
    arguments: [
      ("8G", 8 << 30), ("512M", 512 << 20), ("1.5 GiB", 3 << 29), ("64k", 64 << 10), ("2TB", 2 << 40), ("100", 100),
    ])
  func reads(text: String, bytes: Int) {
    #expect(ByteCount(text)?.bytes == bytes)
  }

  @Test(
    "What is no amount, or none at all, is not read.", arguments: ["", "G", "-1G", "0", "8X", "1e9", "9999999999T"])
  func refuses(text: String) {
    #expect(ByteCount(text) == nil)
  }

  @Test("Amounts are written with three digits at most.")
  func writes() {
    #expect("\(ByteCount(8 << 30))" == "8.0 GiB")
    #expect("\(ByteCount(300 << 20))" == "300 MiB")
    #expect("\(ByteCount(12))" == "12 bytes")
  }
}

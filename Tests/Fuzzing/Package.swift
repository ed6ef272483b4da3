// swift-tools-version: 6.1
import PackageDescription

// A package of its own: whoever builds Palimpsest does not build its fuzzers.
let package = Package(
  name: "fuzzing",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "palimpsest", path: "../..")],
  targets: ["safetensors", "gguf", "tokenizer", "template", "answer"].map {
    .executableTarget(
      name: "fuzz-\($0)", dependencies: [.product(name: "FuzzTargets", package: "palimpsest")], path: "Fuzzers/\($0)")
  },
  swiftLanguageModes: [.v6]
)

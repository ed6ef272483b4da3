// swift-tools-version: 6.1
import PackageDescription

// A package of its own: whoever builds Palimpsest does not build its benchmarks.
let engine = Target.Dependency.product(name: "Engine", package: "palimpsest")

let package = Package(
  name: "benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "palimpsest", path: "..")],
  targets: [
    // Under a name of its own: the engine has a module for the same library.
    .systemLibrary(
      name: "CRival", path: "matmul/CRival", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .executableTarget(name: "bench-matmul", dependencies: [engine, "CRival"], path: "matmul/Sources"),
    .executableTarget(name: "bench-training", dependencies: [engine], path: "training/Sources"),
    .executableTarget(name: "bench-engine", dependencies: [engine], path: "peers/Sources"),
    .target(name: "CFused", path: "limit/CFused"),
    .executableTarget(name: "bench-limit", dependencies: [engine, "CFused"], path: "limit/Sources"),
    .executableTarget(
      name: "bench-tokenizer", dependencies: [.product(name: "Tokenizer", package: "palimpsest")],
      path: "tokenizer/Sources"),
  ],
  swiftLanguageModes: [.v6]
)

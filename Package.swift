// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "palimpsest",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "palimpsest", targets: ["palimpsest"]),
    .library(name: "Palimpsest", targets: ["Commands", "Experiment", "Bundle"]),
    .library(name: "Engine", targets: ["Kernels", "Tensor", "Transformer", "Training"]),
    .library(name: "Tokenizer", targets: ["Tokenizer"]),
    .library(name: "FuzzTargets", targets: ["FuzzTargets"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    .package(url: "https://github.com/swhitty/FlyingFox", exact: "0.27.1"),
  ],
  targets: [
    // System libraries: module maps only.
    .systemLibrary(name: "CGit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
    .systemLibrary(name: "CMark", pkgConfig: "libcmark", providers: [.apt(["libcmark-dev"])]),
    .systemLibrary(name: "CEdit", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),
    .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

    // The path, in the order that an experiment takes.
    .target(name: "Kernels"),
    .target(name: "Tensor", dependencies: ["Kernels", "CCrypto"]),
    .target(name: "Tokenizer", dependencies: ["Tensor", "CPCRE2"]),
    .target(name: "Transformer", dependencies: ["Tensor", "Kernels"]),
    .target(name: "Training", dependencies: ["Transformer"]),
    .target(name: "PinnedBLAS"),
    .target(name: "Statistics", dependencies: ["Tensor", "PinnedBLAS"]),
    .target(name: "Manuscript", dependencies: ["CMark", "Yams"]),
    .target(
      name: "Experiment",
      dependencies: ["Manuscript", "Tokenizer", "Transformer", "Statistics"]),
    .target(name: "Deliberation", dependencies: ["Experiment"]),
    .target(name: "Service", dependencies: ["Deliberation", .product(name: "FlyingSocks", package: "FlyingFox")]),
    .target(name: "Runner", dependencies: ["Experiment"]),
    .target(name: "Ledger", dependencies: ["Tensor", "CGit2"]),
    .target(
      name: "Site",
      dependencies: ["Experiment", .product(name: "Mustache", package: "swift-mustache")]),
    .target(name: "Project", dependencies: ["Runner", "Ledger", "Site"]),
    .target(
      name: "Commands",
      dependencies: [
        "Project", "Deliberation", "Service", "CEdit",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(name: "palimpsest", dependencies: ["Commands", "Bundle"]),

    // Cell kinds: one target each.
    .target(name: "World", dependencies: ["Tensor", "Tokenizer"], path: "Plugins/World"),
    .target(name: "Probe", dependencies: ["Experiment"], path: "Plugins/Probe"),
    .target(name: "Ablation", dependencies: ["Experiment"], path: "Plugins/Ablation"),
    .target(name: "Patching", dependencies: ["Experiment"], path: "Plugins/Patching"),
    .target(name: "Attribution", dependencies: ["Experiment"], path: "Plugins/Attribution"),
    .target(name: "Steering", dependencies: ["Experiment"], path: "Plugins/Steering"),
    .target(name: "Combination", dependencies: ["Experiment"], path: "Plugins/Combination"),
    .target(name: "Composition", dependencies: ["Experiment"], path: "Plugins/Composition"),
    .target(name: "Interchange", dependencies: ["Experiment"], path: "Plugins/Interchange"),
    .target(name: "Labelling", dependencies: ["Deliberation"], path: "Plugins/Labelling"),
    .target(name: "Justification", dependencies: ["Labelling"], path: "Plugins/Justification"),
    .target(name: "Deliberate", dependencies: ["Labelling"], path: "Plugins/Deliberation"),
    .target(name: "Train", dependencies: ["Experiment", "Training", "World"], path: "Plugins/Train"),
    .target(
      name: "Bundle",
      dependencies: [
        "Probe", "Ablation", "Patching", "Attribution", "Interchange", "Steering", "Combination",
        "Composition", "Deliberate", "Labelling", "Justification", "Train",
      ],
      path: "Plugins/Bundle"),

    // `swift package run-experiments`, `swift package render-site`.
    .plugin(
      name: "RunExperiments",
      capability: .command(
        intent: .custom(verb: "run-experiments", description: "Run every document, record results, render the report"),
        permissions: [.writeToPackageDirectory(reason: "results go to git, the report to site/public")])),
    .plugin(
      name: "RenderSite",
      capability: .command(
        intent: .custom(verb: "render-site", description: "Render the report from the recorded results"),
        permissions: [.writeToPackageDirectory(reason: "the report goes to site/public")])),

    // What must hold of each parser whatever it is given: for the tests, and for the fuzzers in a package beside it.
    .target(
      name: "FuzzTargets", dependencies: ["Tokenizer", "Transformer", "Deliberation"], path: "Tests/Fuzzing/Targets"),

    // A model whose every word is known beforehand.
    .target(name: "ScriptedModel", dependencies: ["Runner", "Bundle"], path: "Tests/ScriptedModel"),

    .testTarget(name: "KernelsTests", dependencies: ["Kernels", "Tensor"]),
    .testTarget(name: "TensorTests", dependencies: ["Tensor"]),
    .testTarget(name: "TokenizerTests", dependencies: ["Tokenizer"]),
    .testTarget(name: "TransformerTests", dependencies: ["Transformer"]),
    .testTarget(name: "TrainingTests", dependencies: ["Training"]),
    .testTarget(name: "StatisticsTests", dependencies: ["Statistics"]),
    .testTarget(name: "ManuscriptTests", dependencies: ["Manuscript"]),
    .testTarget(
      name: "ExperimentTests",
      dependencies: ["Project", "Site", "Bundle", "Train", "Tokenizer", "Transformer"]),
    .testTarget(name: "RunnerTests", dependencies: ["Runner", "Bundle"]),
    .testTarget(name: "PatchingTests", dependencies: ["Runner", "Bundle"]),
    .testTarget(name: "AblationTests", dependencies: ["Runner", "Bundle"]),
    .testTarget(name: "SteeringTests", dependencies: ["Runner", "Bundle"]),
    .testTarget(name: "AttributionTests", dependencies: ["Runner", "Bundle"]),
    .testTarget(name: "InterchangeTests", dependencies: ["Runner", "Bundle"]),
    .testTarget(name: "CombinationTests", dependencies: ["Combination", "Runner", "Bundle"]),
    .testTarget(name: "DeliberateTests", dependencies: ["Deliberate", "ScriptedModel"]),
    .testTarget(name: "DeliberationTests", dependencies: ["Deliberation"]),
    .testTarget(
      name: "ServiceTests", dependencies: ["Service", .product(name: "FlyingSocks", package: "FlyingFox")]),
    .testTarget(name: "CompositionTests", dependencies: ["Runner", "Bundle"]),
    .testTarget(name: "PlantedTests", dependencies: ["Runner", "Bundle", "Transformer", "Tokenizer"]),
    .testTarget(name: "LabellingTests", dependencies: ["Labelling", "Runner", "Bundle"]),
    .testTarget(name: "JustificationTests", dependencies: ["Justification", "ScriptedModel"]),
    .testTarget(name: "LedgerTests", dependencies: ["Ledger"]),
    .testTarget(name: "ProjectTests", dependencies: ["Project", "Bundle"]),
    .testTarget(name: "SiteTests", dependencies: ["Site"]),
    .testTarget(name: "WorldTests", dependencies: ["World"]),
    .testTarget(name: "CommandsTests", dependencies: ["palimpsest"]),
    .testTarget(name: "FuzzingTests", dependencies: ["FuzzTargets"]),
  ],
  swiftLanguageModes: [.v6]
)

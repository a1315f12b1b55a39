// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .unsafeFlags(["-warnings-as-errors"]),
]
/// Generic calls between modules cost 38 ns without this and 0.9 ns with it; debug builds have no use for it.
let product: [SwiftSetting] =
  strict + [
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))
  ]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: product)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestSupport"], path: "Tests/\(name)",
    swiftSettings: strict)
}

let package = Package(
  name: "tailcast",
  products: [
    .executable(name: "tailcast", targets: ["tailcast"]),
    .library(name: "Reactor", targets: ["Reactor"]),
    .library(name: "Wire", targets: ["Wire"]),
  ],
  targets: [
    .target(name: "CLinux"),
    .systemLibrary(name: "CInotifyTools"),
    .systemLibrary(name: "CSQLite"),
    .systemLibrary(name: "CWslay"),
    .systemLibrary(name: "CNettle"),
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl-gnutls")]),
    .systemLibrary(name: "CYAML"),
    .target(name: "CPage"),

    module("Reactor", ["CLinux"]),
    module("Wire"),
    module("Store", ["CSQLite", "CNettle"]),
    module("Tail", ["CLinux", "CInotifyTools", "Reactor", "Wire", "Store"]),
    module("StreamServer", ["CLinux", "CWslay", "CNettle", "Reactor", "Wire", "Store", "Tail"]),
    module("Control", ["CLinux", "CPage", "CCurl", "Reactor", "Wire", "Store", "Tail", "StreamServer"]),
    module("Client", ["CLinux", "CCurl", "CYAML", "Reactor", "Wire", "Store", "Tail"]),
    .executableTarget(
      name: "tailcast",
      dependencies: [
        "CLinux", "CYAML", "Reactor", "Wire", "Store", "Tail", "StreamServer", "Control", "Client",
      ],
      swiftSettings: product),

    .target(
      name: "TestSupport", dependencies: ["CLinux", "Reactor", "Wire"], path: "Tests/TestSupport",
      exclude: ["generate.py"],
      swiftSettings: strict),
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    tests("ReactorTests", ["Reactor", "CLinux"]),
    tests("WireTests", ["Wire"]),
    tests("StoreTests", ["Store"]),
    tests("TailTests", ["Tail", "Store", "Reactor", "Wire", "CLinux"]),
    tests("StreamServerTests", ["StreamServer", "Tail", "Store", "Reactor", "Wire", "CAllocations"]),
    tests("ControlTests", ["Control", "StreamServer", "Tail", "Store", "Reactor", "Wire"]),
    tests("ClientTests", ["Client", "Wire"]),
  ]
)

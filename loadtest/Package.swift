// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .unsafeFlags(["-warnings-as-errors"]),
]
/// The check of a delivery must cost less than the delivery; a swarm built without this measures itself.
let product: [SwiftSetting] =
  strict + [
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))
  ]

let package = Package(
  name: "tailstorm",
  products: [.executable(name: "tailstorm", targets: ["tailstorm"])],
  dependencies: [.package(name: "tailcast", path: "..")],
  targets: [
    .target(
      name: "Storm",
      dependencies: [
        .product(name: "Reactor", package: "tailcast"), .product(name: "Wire", package: "tailcast"),
      ],
      swiftSettings: product),
    .executableTarget(name: "tailstorm", dependencies: ["Storm"], swiftSettings: product),
    .testTarget(
      name: "StormTests",
      dependencies: ["Storm", .product(name: "Reactor", package: "tailcast")],
      swiftSettings: strict),
  ]
)

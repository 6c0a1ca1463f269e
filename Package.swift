// swift-tools-version: 6.2
import PackageDescription

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// Fuzzers and measurements, which only developers build: SLUICE_DEV=1.
let development: [Target] =
    Context.environment["SLUICE_DEV"] == nil
    ? []
    : [
        .executableTarget(
            name: "FuzzScanner",
            dependencies: [
                "SluiceCLI", "SluiceCore", "SluiceProviders", "SluiceSimulator", "SluiceStorage", "SluiceTransport",
            ],
            path: "Fuzz/FuzzScanner"),
        .executableTarget(
            name: "BenchScheduling",
            dependencies: ["SluiceCore", "SluiceScheduling", "SluiceTestSupport", heap, deque],
            path: "Benchmarks/Scheduling"),
        .executableTarget(name: "MeasureScanner", dependencies: ["SluiceCore"], path: "Fuzz/MeasureScanner"),
        .executableTarget(
            name: "MeasureTokens", dependencies: ["SluiceCore", "SluiceTokens"], path: "Benchmarks/tokens/MeasureTokens"
        ),
    ]

/// The houses of the program, from the nouns upwards; `scripts/check` reads the arrows from here.
let targets: [Target] =
    [
        .target(name: "SluiceCore"),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "SluiceTransport", dependencies: ["CZlib", "SluiceCore", deque, nioCore, nioPosix, nioTLS, nioSSL]),
        .target(name: "CCatalogue", exclude: ["models.txt"]),
        .target(name: "SluiceProviders", dependencies: ["SluiceCore", "CCatalogue"]),
        .target(name: "SluiceScheduling", dependencies: ["SluiceCore", heap, deque]),
        .target(name: "SluiceStorage", dependencies: ["CZlib", "SluiceCore", crypto, grdb, sqlite]),
        .target(name: "CVocabularies", exclude: ["Data"]),
        .target(name: "SluiceTokens", dependencies: ["SluiceCore", "CVocabularies"]),
        .target(
            name: "Sluice",
            dependencies: [
                "SluiceCore", "SluiceProviders", "SluiceScheduling", "SluiceStorage", "SluiceTokens", "SluiceTransport",
            ]),
        .target(name: "SluiceSimulator", dependencies: ["SluiceCore", nioCore, nioPosix, nioHTTP1]),
        .target(
            name: "SluiceCLI",
            dependencies: [
                "Sluice", "SluiceCore", "SluiceProviders", "SluiceSimulator", "SluiceTokens", argumentParser, yams,
            ]),
        .executableTarget(name: "SluiceMain", dependencies: ["SluiceCLI"]),
        .target(
            name: "SluiceTestSupport", dependencies: ["SluiceCore", "SluiceScheduling", heap],
            path: "Tests/SluiceTestSupport"),
        .testTarget(name: "SluiceCoreTests", dependencies: ["SluiceCore", "SluiceTestSupport"]),
        .testTarget(
            name: "SluiceSchedulingTests",
            dependencies: ["SluiceCore", "SluiceScheduling", "SluiceTestSupport", heap]),
        .testTarget(
            name: "SluiceStorageTests", dependencies: ["SluiceCore", "SluiceStorage", "SluiceTestSupport", grdb]),
        .testTarget(
            name: "SluiceTokensTests", dependencies: ["SluiceCore", "SluiceTokens", crypto], exclude: ["Golden"]),
        .testTarget(
            name: "SluiceSimulatorTests", dependencies: ["SluiceCore", "SluiceSimulator", nioCore, nioPosix, nioHTTP1]),
        .testTarget(name: "SluiceProvidersTests", dependencies: ["SluiceCore", "SluiceProviders"]),
        .testTarget(
            name: "SluiceTransportTests",
            dependencies: ["CZlib", "SluiceCore", "SluiceTransport", "SluiceSimulator", "SluiceTestSupport"]),
        .testTarget(
            name: "SluiceTests",
            dependencies: [
                "Sluice", "SluiceCore", "SluiceProviders", "SluiceScheduling", "SluiceSimulator", "SluiceTestSupport",
                "SluiceTokens",
                "SluiceTransport", heap,
            ]),
        .testTarget(
            name: "SluiceCLITests",
            dependencies: ["SluiceCLI", "SluiceCore", "Sluice", "SluiceSimulator", "SluiceTestSupport"]),
    ]
    + development

let package = Package(
    name: "sluice",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "sluice", targets: ["SluiceMain"]),
        .library(name: "Sluice", targets: ["Sluice"]),
        .library(name: "SluiceTokens", targets: ["SluiceTokens"]),
        .library(name: "SluiceSimulator", targets: ["SluiceSimulator"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: targets
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}

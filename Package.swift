// swift-tools-version: 6.2
import PackageDescription

let nio = "swift-nio"

/// The houses of the program, from the nouns upwards; `scripts/check` reads the arrows from here.
let targets: [Target] = [
    .target(name: "SluiceCore"),
    .testTarget(name: "SluiceCoreTests", dependencies: ["SluiceCore"]),
]

let package = Package(
    name: "sluice",
    platforms: [.macOS(.v15)],
    targets: targets
)

for target in package.targets {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}

// swift-tools-version: 6.3
import PackageDescription

// The modules and the arrows between them. Arrows point down only; ArchitectureTests checks the
// imports against the same table, so an arrow that is not written here does not compile and an
// import that is written anyway does not pass.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func system(_ name: String) -> Target {
    .systemLibrary(name: name, path: "Sources/CLibraries/\(name)")
}

func module(
    _ name: String, on below: [Target.Dependency] = [], embedding resources: [Resource] = []
) -> Target {
    .target(name: name, dependencies: below, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, on below: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: below, swiftSettings: strict)
}

let pure: [Target.Dependency] = ["Incidents", "Accounts", "Passwords", "Secrets"]

let package = Package(
    name: "loquet",
    products: [.executable(name: "loquet", targets: ["loquet"])],
    dependencies: [],
    targets: [
        system("CThreads"),
        system("CCrypto"),
        system("CArgon2"),
        system("CCrypt"),
        system("CSQLite"),
        system("CPostgreSQL"),
        system("CMicrohttpd"),
        system("CCurl"),
        system("CRabbitMQ"),

        module("Threads", on: ["CThreads"]),
        module("Secrets", on: ["CCrypto"]),
        // The only C of our own.
        .target(name: "Argon2Kernel", cSettings: [.treatAllWarnings(as: .error)]),
        module("Passwords", on: ["Secrets", "CArgon2", "CCrypt", "Argon2Kernel"]),
        module("Accounts", on: ["Passwords", "Secrets"]),
        module("Incidents", on: ["Accounts", "Secrets"]),
        module("Storage", on: pure + ["Threads", "CSQLite", "CPostgreSQL"]),
        module("HTTP", on: ["Threads", "CMicrohttpd"]),
        module("Outbound", on: ["CCurl", "CRabbitMQ"]),
        module(
            "Service", on: pure + ["Storage", "HTTP", "Outbound", "Threads"],
            embedding: [
                .embedInCode("Resources/policies"), .embedInCode("Resources/retention.json5"),
                .embedInCode("Resources/templates"),
            ]),
        .executableTarget(
            name: "loquet",
            dependencies: ["Service", "Storage"] + pure + ["Threads"],
            swiftSettings: strict),

        // Never part of what ships: see Fuzz/README.md.
        .systemLibrary(name: "CFuzzer", path: "Fuzz/CFuzzer"),
        .target(
            name: "FuzzTargets", dependencies: pure + ["Storage", "Outbound", "Service"],
            path: "Fuzz/Targets",
            swiftSettings: strict),
        .executableTarget(
            name: "fuzz", dependencies: ["FuzzTargets", "CFuzzer"], path: "Fuzz/Run",
            swiftSettings: strict),

        // Measures; never part of what ships.
        .executableTarget(
            name: "bench",
            dependencies: ["Service", "Storage", "HTTP", "Outbound"] + pure + [
                "Threads", "CArgon2",
            ],
            path: "Tests/Bench", swiftSettings: strict),

        // Random inputs that are the same every time.
        .target(name: "SeededRandom", path: "Tests/SeededRandom", swiftSettings: strict),
        tests("ArchitectureTests", on: []),
        tests("ThreadsTests", on: ["Threads"]),
        tests("SecretsTests", on: ["Secrets"]),
        tests("PasswordsTests", on: ["Passwords", "Secrets", "Argon2Kernel", "SeededRandom"]),
        tests("AccountsTests", on: ["Accounts", "Secrets", "SeededRandom"]),
        tests(
            "IncidentsTests", on: ["Incidents", "Accounts", "Passwords", "Secrets", "SeededRandom"]),
        tests("StorageTests", on: pure + ["Storage", "Service", "Threads", "SeededRandom"]),
        tests("HTTPTests", on: ["HTTP", "Threads"]),
        tests("OutboundTests", on: ["Outbound"]),
        tests(
            "ServiceTests",
            on: pure + ["Service", "Storage", "HTTP", "Outbound", "Threads", "SeededRandom"]),
        tests("FuzzTests", on: ["FuzzTargets"]),
        tests("CommandTests", on: ["loquet", "Service", "Threads"]),
    ]
)

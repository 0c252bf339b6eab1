import Testing

/// What each floor may import. Arrows point down only.
private let arrows: [String: Set<String>] = [
    "Threads": ["CThreads", "Glibc"],
    "Secrets": ["CCrypto"],
    "Passwords": ["Secrets", "CArgon2", "CCrypt", "Argon2Kernel", "Foundation", "Glibc"],
    "Accounts": ["Passwords", "Secrets", "Foundation", "Glibc"],
    "Incidents": ["Accounts", "Secrets"],
    "Storage": [
        "Incidents", "Accounts", "Passwords", "Secrets", "Threads", "CSQLite", "CPostgreSQL",
        "Glibc",
    ],
    "HTTP": ["Threads", "CMicrohttpd", "Glibc"],
    "Service": [
        "Storage", "HTTP", "Incidents", "Accounts", "Passwords", "Secrets", "Threads", "Foundation",
        "Glibc",
    ],
    "loquet": [
        "Service", "Storage", "Incidents", "Passwords", "Accounts", "Threads", "Foundation",
        "Glibc",
    ],
]

/// Where each C library is imported, and nowhere else.
private let fences: [String: [String]] = [
    "CThreads": ["Sources/Threads/"],
    "CCrypto": ["Sources/Secrets/"],
    "CArgon2": ["Sources/Passwords/Argon2id.swift"],
    "CCrypt": ["Sources/Passwords/SystemCrypt.swift"],
    "Argon2Kernel": ["Sources/Passwords/KernelVariant.swift"],
    "CSQLite": ["Sources/Storage/SQLite"],
    "CPostgreSQL": ["Sources/Storage/Postgres"],
    "CMicrohttpd": ["Sources/HTTP/Microhttpd.swift", "Sources/HTTP/MicrohttpdCallbacks.swift"],
]

@Suite struct `The house` {
    @Test func `has an arrow for every import`() throws {
        for file in try SourceFile.all(in: "Sources") {
            let allowed = try #require(arrows[file.module], "\(file.module) is not in the table")
            let others = Set(file.imports).subtracting(allowed)
            #expect(others.isEmpty, "\(file.path) imports \(others.sorted())")
        }
    }

    @Test func `imports each C library in its one place`() throws {
        for file in try SourceFile.all(in: "Sources") {
            for library in file.imports {
                guard let places = fences[library] else { continue }
                #expect(
                    places.contains { file.path.hasPrefix($0) },
                    "\(file.path) imports \(library)")
            }
        }
    }

    @Test func `keeps clock and randomness out of the pure floors`() throws {
        let pure = ["Passwords", "Accounts", "Incidents"]
        let impure = ["SystemRandom", "systemTime", "clock_gettime", "Date()", ".random("]
        for file in try SourceFile.all(in: "Sources") where pure.contains(file.module) {
            for (number, text) in file.code {
                for word in impure {
                    #expect(!text.contains(word), "\(file.path):\(number) uses \(word)")
                }
            }
        }
    }

    @Test func `depends on no package`() throws {
        let manifest = try #require(
            try SourceFile.all(in: ".").first { $0.path == "./Package.swift" })
        #expect(manifest.lines.contains { $0.contains("dependencies: []") })
        #expect(!manifest.lines.contains { $0.contains(".package(") })
    }
}

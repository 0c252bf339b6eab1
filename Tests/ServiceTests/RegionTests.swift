import Accounts
import Outbound
import Service
import Storage
import Testing

@Suite struct `A region` {
    @Test func `is in the Union for each of the 27 members and nobody else`() throws {
        #expect(Region.members.count == 27)
        for first in UInt8(ascii: "A")...UInt8(ascii: "Z") {
            for second in UInt8(ascii: "A")...UInt8(ascii: "Z") {
                let code = String(decoding: [first, second], as: UTF8.self)
                let region = try #require(Region(code: code))
                #expect(region.isInUnion == Region.members.contains(code))
            }
        }
        // Of the European Economic Area, or once a member, or the Union's own name for Greece.
        for code in ["NO", "IS", "LI", "GB", "CH", "EL", "EU", "US"] {
            #expect(Region(code: code)?.isInUnion == false, "\(code)")
        }
    }

    @Test(arguments: ["", "F", "fr", "FRA", "Fr", "F1", "ÉU", "F\u{0}"])
    func `is two capital letters`(code: String) {
        #expect(Region(code: code) == nil)
    }
}

@Suite struct `A deployment` {
    /// What a start is refused with; `nil` when it is not.
    private func refusal(_ change: (inout Configuration) throws -> Void) throws -> String? {
        var configuration = Configuration()
        try change(&configuration)
        do {
            _ = try NodeStart(configuration, log: Log(descriptor: -1, clock: systemTime))
            return nil
        } catch {
            guard case .configuration(let text) = error else {
                Issue.record("no refusal of the configuration: \(error)")
                return error.text
            }
            return text
        }
    }

    private func declared(
        _ code: String?, because reason: String? = nil
    ) -> RegionDeclaration {
        var declaration = RegionDeclaration()
        declaration.region = code.flatMap(Region.init)
        declaration.reason = reason
        return declaration
    }

    @Test func `needs no region while everything is on this machine`() throws {
        #expect(try refusal { _ in } == nil)
        #expect(
            try refusal {
                $0.storage = "postgresql://loquet@/loquet?host=/run/postgresql"
                $0.sinks.amqp = try AMQPEndpoint(parsing: "amqp://127.0.0.1")
                $0.sinks.webhook = try HTTPSEndpoint(parsing: "https://localhost/x")
                $0.mail.server = .init(parsing: "127.0.0.1:25")
            } == nil)
    }

    @Test func `says where it stands before anybody else reaches it`() throws {
        for listen in ["0.0.0.0:8080", "[::]:8080", "192.0.2.1:8080"] {
            #expect(try refusal { $0.listen = listen }?.hasPrefix("region: not declared") == true)
            #expect(
                try refusal {
                    $0.listen = listen
                    $0.regions.host = declared("DE")
                } == nil)
        }
        #expect(try refusal { $0.listen = "127.8.0.1:8080" } == nil)
        #expect(try refusal { $0.listen = "[::1]:8080" } == nil)
    }

    /// Each place that can be elsewhere, and the setting that declares it.
    private static let elsewhere: [(String, @Sendable (inout Configuration) throws -> Void)] = [
        (
            "storage_region",
            { $0.storage = "postgresql://db.example.com/x?sslmode=verify-full" }
        ),
        (
            "sinks.webhook.region",
            { $0.sinks.webhook = try HTTPSEndpoint(parsing: "https://soc.example.com/x") }
        ),
        (
            "sinks.amqp.region",
            { $0.sinks.amqp = try AMQPEndpoint(parsing: "amqps://mq.example.com") }
        ),
        ("mail.region", { $0.mail.server = .init(parsing: "smtp.example.com:587") }),
    ]

    private static func field(
        _ setting: String
    ) -> WritableKeyPath<Configuration.Regions, RegionDeclaration> {
        switch setting {
        case "storage_region": \.storage
        case "sinks.webhook.region": \.webhook
        case "sinks.amqp.region": \.amqp
        case "mail.region": \.mail
        default: \.backup
        }
    }

    @Test func `declares the region of every place that is elsewhere`() throws {
        for (setting, add) in Self.elsewhere {
            let place: (String?, String?) throws -> String? = { code, reason in
                try refusal {
                    $0.regions.host = declared("FR")
                    try add(&$0)
                    $0.regions[keyPath: Self.field(setting)] = declared(code, because: reason)
                }
            }
            #expect(try place(nil, nil)?.hasPrefix("\(setting): not declared") == true)
            #expect(try place("IE", nil) == nil, "\(setting)")
            let outside = try #require(try place("US", nil))
            #expect(outside.hasPrefix("\(setting): US is not in the European Union"))
            #expect(outside.hasSuffix("say why in \(setting)_reason"))
            #expect(try place("NO", "a contract of 2026 with standard clauses") == nil)
            #expect(try place(nil, "an anycast network") == nil, "\(setting)")
        }
    }

    @Test func `declares itself as soon as one place is elsewhere`() throws {
        for (setting, add) in Self.elsewhere {
            let text = try refusal {
                try add(&$0)
                $0.regions[keyPath: Self.field(setting)] = declared("IE")
            }
            #expect(text?.hasPrefix("region: not declared") == true, "\(setting)")
        }
    }

    @Test func `may say that what looks local is not`() throws {
        let text = try refusal {
            $0.regions.host = declared("FR")
            $0.sinks.amqp = try AMQPEndpoint(parsing: "amqp://127.0.0.1")
            $0.regions.amqp = declared("US")
        }
        #expect(text?.hasPrefix("sinks.amqp.region: US") == true)
        #expect(
            try refusal {
                $0.regions.host = declared("FR")
                $0.regions.backup = declared("US")
            }?.hasPrefix("backup.region: US") == true)
    }

    @Test func `has each place outside the Union in the audit log, with its reason`() throws {
        let service = try RunningService {
            $0.regions.host = declared("NO", because: "our own hall in Oslo")
            $0.regions.backup = declared("IE", because: "not needed")
        }
        #expect(
            try service.texts(
                "SELECT object FROM audit WHERE action = 'region.allowed'") == ["region"])
        #expect(
            try service.texts("SELECT reason FROM audit WHERE action = 'region.allowed'")
                == ["NO: our own hall in Oslo"])
        let again = try service.restarted()
        #expect(
            try again.number("SELECT COUNT(*) FROM audit WHERE action = 'region.allowed'") == 2)
    }

    @Test func `is listed by the doctor, whatever it is`() throws {
        let service = try RunningService {
            $0.regions.host = declared("FR")
            $0.regions.backup = declared(nil, because: "a courier takes it")
        }
        var configuration = service.configuration
        let rows = { (configuration: Configuration) in
            Doctor(configuration, service.database, at: service.now).findings()
                .filter { $0.check == "region" }.map { "\($0.verdict) \($0.detail)" }
        }
        #expect(
            rows(configuration) == [
                "ok this machine: FR, in the European Union",
                "warning the backup: unknown, outside the European Union; allowed: "
                    + "a courier takes it",
            ])
        configuration.regions = .init()
        #expect(rows(configuration).first?.hasPrefix("warning this machine: not declared") == true)
        configuration.regions.host = declared("US")
        #expect(rows(configuration).first?.hasPrefix("failure this machine: region: US") == true)
    }

    @Test(arguments: [
        ("'x'", true), ("'" + String(repeating: "x", count: 200) + "'", true), ("'  '", false),
        ("'" + String(repeating: "x", count: 201) + "'", false), ("''", false),
        ("'a\\nb'", false), ("'a\\u202eb'", false), ("null", true),
    ])
    func `takes a reason that can be read in one line`(value: String, isTaken: Bool) {
        var configuration = Configuration()
        let apply = {
            try configuration.apply(
                json5: Array("{ region_reason: \(value) }".utf8), named: "test")
        }
        if isTaken {
            #expect(throws: Never.self, performing: apply)
        } else {
            #expect(throws: ConfigurationError.self, performing: apply)
        }
    }
}

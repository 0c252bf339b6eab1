import Accounts
import Foundation
import Passwords
import Service
import Testing

@Suite struct `A policy` {
    @Test func `that is shipped loads, under the name of its file`() throws {
        let folder = repositoryFolder.appendingPathComponent("config/policies")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(files == PolicyLibrary.shipped.map { $0.name + ".json5" }.sorted())
        for (name, data) in PolicyLibrary.shipped {
            #expect(try PolicyLibrary.policy(name).name == name)
            let file = folder.appendingPathComponent(name + ".json5")
            #expect(Array(try Data(contentsOf: file)) == data)
            #expect(try PolicyLibrary.policy(file.path).name == name)
        }
    }

    @Test func `that is not there is refused with the nearest name`() {
        #expect(refusal { $0.policy = "cnil-8x5" }?.contains("did you mean cnil-8x4?") == true)
        #expect(
            refusal { $0.policy = "./none.json5" }?.contains("cannot read ./none.json5") == true)
    }

    @Test func `of case 2 is refused where throttling is off, one of case 1 is not`() {
        let text = refusal { $0.throttling = false }
        #expect(text?.contains("cnil-8x4") == true)
        #expect(text?.contains("throttling.enabled must be true") == true)
        for policy in ["cnil-80-12x4", "cnil-80-14x3", "cnil-passphrase-7", "anssi-15"] {
            #expect(
                refusal {
                    $0.policy = policy
                    $0.throttling = false
                } == nil)
        }
    }

    @Test func `of case 3 is refused, because no device is checked`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file(
            "code.json5",
            """
            { name: "code", version: 1, title: "Four digits", cnil_case: 3, characters_min: 4,
              required_classes: ["digit"] }
            """)
        #expect(refusal { $0.policy = path }?.contains("this service checks none") == true)
    }

    @Test func `of case 2 is refused where the schedule falls short of the CNIL's figures`() throws
    {
        let policy = try PolicyLibrary.policy("cnil-8x4")
        let slow = AccessRestriction(
            firstDelay: .seconds(60), delayAfterFiveFailures: .seconds(60), delayMax: .hours(2),
            failuresPerDay: 26)
        do throws(StartError) {
            try PolicyLibrary.check(policy, restriction: slow)
            Issue.record("a schedule that falls short was taken")
        } catch {
            guard case .configuration(let text) = error else { throw error }
            #expect(text.contains("60 s after 5 failures (CNIL: more than 60 s)"))
            #expect(text.contains("26 failures in 24 h (CNIL: at most 25)"))
            #expect(!text.contains("growing"))
        }
        try PolicyLibrary.check(try PolicyLibrary.policy("anssi-15"), restriction: slow)
    }

    @Test func `in a file of one's own is served`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file(
            "own.json5",
            """
            { name: "own", version: 3, title: "Sixteen", cnil_case: 2, characters_min: 16,
              required_classes: [] }
            """)
        let service = try RunningService { $0.policy = path }
        let shown = try service.call("GET", "/v1/password-policy").json
        #expect(shown["name"] == "own")
        #expect(shown["min_length"] == 16)
        #expect(codes(try service.register()) == ["too_short"])
        #expect(try service.register(Person(password: "sixteen letters!")).status == 201)
    }

    /// What a start with these settings is refused with; `nil` when it is not.
    private func refusal(_ change: (inout Configuration) -> Void) -> String? {
        var configuration = Configuration()
        change(&configuration)
        do throws(StartError) {
            _ = try NodeStart(configuration, log: Log(descriptor: -1, clock: systemTime))
            return nil
        } catch {
            guard case .configuration(let text) = error else { return "another kind of error" }
            return text
        }
    }
}

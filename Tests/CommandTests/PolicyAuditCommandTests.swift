import Service
import Testing

@Suite struct `loquet policy audit` {
    private let unlawful = """
        { name: "short", version: 1, title: "t", cnil_case: 2, characters_min: 8,
          required_classes: ["lower", "digit"] }
        """

    private func audits(_ run: Loquet.Finished) throws -> [JSONValue] {
        guard case .array(let audits) = try JSONReader.read(Array(run.output.utf8)) else {
            return []
        }
        return audits
    }

    @Test func `judges all that ship, and exits 0`() throws {
        let run = try Loquet.run("policy", "audit", "--json")
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        let audits = try audits(run)
        #expect(audits.map { $0["policy"] } == PolicyLibrary.shipped.map { .string($0.name) })
        #expect(audits.allSatisfy { $0["lawful"] == true })
    }

    @Test func `prints a row for each requirement, with standard, verdict and reason`() throws {
        let run = try Loquet.run("policy", "audit", "cnil-8x4")
        #expect(run.status == 0)
        #expect(run.lines[0].hasPrefix("cnil-8x4 version 1: "))
        #expect(run.lines[1].hasPrefix("lawful under CNIL, délibération n° 2022-100"))
        #expect(
            run.lines.contains {
                $0.hasPrefix("OWASP ASVS 5.0") && $0.contains("6.2.5")
                    && $0.contains("deviation accepted")
            })
        #expect(run.output.contains("90 s after 5 failures (CNIL: more than 60 s)"))
    }

    @Test func `exits 1 over a file that the CNIL's text does not allow, and says why`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("short.json5", unlawful)
        let run = try Loquet.run("policy", "audit", path, "anssi-15")
        #expect(run.status == 1)
        #expect(run.lines[1].hasPrefix("UNLAWFUL under CNIL"))
        #expect(run.output.contains("less than every example of cases 1 and 2"))
        let json = try audits(try Loquet.run("policy", "audit", path, "--json"))
        #expect(json.first?["lawful"] == false)
        #expect(json.first?["cnil_case_reached"] == 3)
    }

    @Test func `exits 1 over case 2 where throttling is off, and 0 over case 1`() throws {
        let off = ["LOQUET_THROTTLING_ENABLED": "false"]
        #expect(try Loquet.run(["policy", "audit", "cnil-8x4"], environment: off).status == 1)
        #expect(try Loquet.run(["policy", "audit", "cnil-80-12x4"], environment: off).status == 0)
    }

    @Test func `takes in the configured policy, and refuses one it cannot read`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("short.json5", unlawful)
        let configured = try Loquet.run(
            ["policy", "audit", "--json"], environment: ["LOQUET_POLICY": path])
        #expect(configured.status == 1)
        #expect(try audits(configured).count == PolicyLibrary.shipped.count + 1)
        let unknown = try Loquet.run("policy", "audit", "cnil-8x5")
        #expect(unknown.status == 2)
        #expect(unknown.errors.contains("did you mean cnil-8x4?"))
    }
}

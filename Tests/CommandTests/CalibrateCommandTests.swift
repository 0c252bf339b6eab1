import Foundation
import Service
import Testing

@Suite struct `loquet calibrate` {
    /// The value of the only JSON object on the output.
    private func answer(_ run: Loquet.Finished) throws -> JSONValue {
        #expect(run.lines.count == 1)
        return try JSONReader.read(Array(run.output.utf8))
    }

    @Test func `prints a setting that the configuration takes, without any store`() throws {
        let folder = try TemporaryFolder()
        let run = try Loquet.run(
            "calibrate", "--target-ms", "10000", "--memory-budget-mib", "19",
            environment: ["LOQUET_DATA": folder.path("data")])
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        #expect(!folder.exists("data"))
        #expect(run.output.contains("logins a second"))
        #expect(run.output.contains("Each guess moves"))
        // Ten passes over 19 MiB take seconds on no machine that runs this.
        #expect(
            run.lines.last
                == "hashing: { memory_kib: 19456, passes: 10, parallelism: 1, memory_budget_mib: 19 },"
        )
        let path = try folder.write("pasted.json5", "{\n\(run.output)}\n")
        let checked = try Loquet.run(
            "doctor", "--config", path, "--data", folder.path("data"),
            environment: [:])
        #expect(checked.status == 1)
        #expect(checked.errors.contains("run loquet init"))
    }

    @Test func `answers a program in JSON`() throws {
        let run = try Loquet.run(
            "calibrate", "--target-ms", "10000", "--memory-budget-mib", "19", "--json")
        #expect(run.status == 0)
        let answer = try answer(run)
        #expect(answer["fits"] == .boolean(true))
        #expect(answer["hashing"]?["memory_kib"] == .integer(19_456))
        #expect(answer["hashing"]?["passes"] == .integer(10))
        #expect(answer["bytes_moved_to_floor"] == .decimal(5))
        #expect(answer["lanes"] == .integer(1))
    }

    @Test func `measures the engine that the configuration names`() throws {
        let run = try Loquet.run(
            "calibrate", "--target-ms", "10000", "--memory-budget-mib", "19", "--json",
            environment: ["LOQUET_HASHING_ENGINE": "libargon2"])
        #expect(try answer(run)["engine"] == .string("libargon2, as configured"))
    }

    @Test func `exits 1 and prints the floor when not even that fits`() throws {
        // 38 MiB through memory in a millisecond is beyond any machine.
        let run = try Loquet.run("calibrate", "--target-ms", "1", "--memory-budget-mib", "19")
        #expect(run.status == 1)
        #expect(
            run.errors.contains("not even the floor, the least that is accepted, fits into 1 ms"))
        #expect(
            run.lines.last
                == "hashing: { memory_kib: 19456, passes: 2, parallelism: 1, memory_budget_mib: 19 },"
        )
        let json = try Loquet.run(
            "calibrate", "--target-ms", "1", "--memory-budget-mib", "19", "--json")
        #expect(json.status == 1)
        #expect(try answer(json)["fits"] == .boolean(false))
    }
}

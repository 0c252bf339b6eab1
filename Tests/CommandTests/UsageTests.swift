import Testing

@Suite struct `The command line` {
    @Test(arguments: [["help"], ["--help"], ["-h"], ["serve", "--help"], ["policy", "--help"]])
    func `lists every command when asked for help`(arguments: [String]) throws {
        let run = try Loquet.run(arguments)
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        for command in [
            "serve", "init", "apps", "admins", "policy", "doctor", "migrate", "copy", "calibrate",
        ] {
            #expect(run.output.contains("loquet \(command)"))
        }
    }

    @Test func `exits 2 without a command`() throws {
        #expect(try Loquet.run().status == 2)
    }

    @Test(arguments: [
        (["serv"], "unknown command serv; did you mean serve?"),
        (["policy"], "loquet policy needs one of: check"),
        (["policy", "chek"], "unknown command policy chek; did you mean check?"),
        (["apps"], "loquet apps needs one of: add, list, revoke"),
        (["apps", "add"], "an argument is missing"),
        (["apps", "add", "a", "b"], "unexpected argument b"),
        (["admins", "rm", "x"], "unknown command admins rm"),
        (["serve", "--dta", "x"], "unknown option --dta; did you mean --data?"),
        (["serve", "--data"], "--data needs a value"),
        (["serve", "now"], "unexpected argument now"),
        (["init", "--archive-cert", "/nonexistent"], "--archive-cert: cannot read /nonexistent"),
        (["serve", "--config", "/nonexistent"], "cannot read /nonexistent"),
        (["serve", "--listen", "here"], "listen: expected HOST:PORT"),
        (["calibrate"], "loquet calibrate needs --target-ms, the milliseconds of one hash"),
        (["calibrate", "--target-ms"], "--target-ms needs a value"),
        (
            ["calibrate", "--target-ms", "0"],
            "--target-ms: expected a whole number, 1 ... 10000, got 0"
        ),
        (
            ["calibrate", "--target-ms", "10001"],
            "--target-ms: expected a whole number, 1 ... 10000, got 10001"
        ),
        (
            ["calibrate", "--target-ms", "0.5"],
            "--target-ms: expected a whole number, 1 ... 10000, got 0.5"
        ),
        (
            ["calibrate", "--target-ms", "9", "--memory-budget-mib", "18"],
            "--memory-budget-mib: expected a whole number, 19 ... "
        ),
        (
            ["calibrate", "--target-ms", "9", "--memory-budget-mib", "1048577"],
            "--memory-budget-mib: expected a whole number, 19 ... "
        ),
        (["calibrate", "--target-s", "9"], "unknown option --target-s; did you mean --target-ms?"),
        (["policy", "check", "--policy", "cnil"], "policy: there is no policy cnil"),
    ])
    func `exits 2 and says in one line what is wrong`(
        arguments: [String], complaint: String
    ) throws {
        let folder = try TemporaryFolder()
        let run = try Loquet.run(arguments, environment: ["LOQUET_DATA": folder.path("data")])
        #expect(run.status == 2)
        #expect(run.errors.hasPrefix("loquet: \(complaint)"), "\(run.errors)")
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(run.output.isEmpty)
        #expect(!folder.exists("data"))
    }

    @Test(arguments: [["apps", "list"], ["admins", "list"], ["doctor"]])
    func `exits 1 where there is no store`(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let run = try Loquet.run(arguments + ["--data", folder.path("data")])
        #expect(run.status == 1)
        #expect(run.errors.contains("run loquet init --data DIR first"))
        #expect(!folder.exists("data"))
    }
}

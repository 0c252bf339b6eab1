import Foundation
import FuzzTargets
import Testing

/// Every input that was ever interesting, and every one that once failed, once more.
@Suite struct `A fuzz corpus` {
    @Test(arguments: FuzzTarget.all.map(\.name))
    func `holds seeds, and its target survives all of them`(name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let inputs = try Corpora.inputs(of: name)
        #expect(inputs.count >= 3, "a corpus needs a valid, an edge and a hostile input")
        for input in inputs { target.run([UInt8](try Data(contentsOf: input))) }
    }

    @Test func `stands in a folder that a target is named after`() throws {
        let folders = try Corpora.names()
        #expect(folders.sorted() == FuzzTarget.all.map(\.name).sorted())
    }
}

@Suite struct `The fuzz targets` {
    @Test func `survive what is no text at all`() {
        for target in FuzzTarget.all {
            target.run([])
            target.run([UInt8](repeating: 0xFF, count: 5_000))
            target.run([UInt8](repeating: 0x5B, count: 5_000))
            target.run([UInt8](0...255))
        }
    }

    @Test func `are named once each`() {
        let names = FuzzTarget.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(!names.contains(FuzzTarget.canary.name))
    }

    /// A harness that cannot fail proves nothing.
    @Test func `include a canary that fails`() async {
        await #expect(processExitsWith: .failure) {
            FuzzTarget.canary.run(Array("latch".utf8))
        }
        FuzzTarget.canary.run(Array("latchs".utf8.reversed()))
    }
}

/// `Fuzz/Corpora` of the checkout that these tests were built from.
private enum Corpora {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fuzz/Corpora")

    static func names() throws -> [String] {
        try contents(of: folder).map(\.lastPathComponent)
    }

    static func inputs(of target: String) throws -> [URL] {
        try contents(of: folder.appendingPathComponent(target))
    }

    private static func contents(of folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { !$0.lastPathComponent.hasPrefix(".") }
    }
}

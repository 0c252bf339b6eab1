import Accounts
import Service

/// Options of a command that mean the same as the fields of a request: one reading of them for both.
extension Arguments {
    /// The options that were given, as the body of a request.
    func fields(_ names: [String: String]) throws(UsageError) -> [UInt8] {
        let members = names.sorted { $0.key < $1.key }.compactMap { option, name in
            values[option].map { JSONValue.Member(name: name, value: .string($0)) }
        }
        return JSONValue.object(members).bytes
    }

    func remark(_ option: String) throws(UsageError) -> Remark {
        guard let remark = values[option].flatMap(Remark.init) else {
            throw UsageError(text: "\(option): expected \(Remark.expected)")
        }
        return remark
    }
}

/// What a request would be refused for is a wrong command line.
func usage<Value>(_ body: () throws(Problem) -> Value) throws(UsageError) -> Value {
    do throws(Problem) {
        return try body()
    } catch {
        throw UsageError(text: error.detail)
    }
}

func printJSON(_ value: JSONValue) throws(StartError) {
    try printLine(String(decoding: value.bytes, as: UTF8.self))
}

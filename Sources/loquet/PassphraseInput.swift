import Glibc
import Service

/// The passphrase of a backup's keys: the first line of a file that only its owner can read, or typed,
/// twice where it is new. Never an argument, which every user of the machine can see.
func passphrase(
    _ arguments: Arguments, isNew: Bool
) throws -> Passphrase? {
    guard arguments.flags.contains("--with-keys") else {
        guard arguments.values["--passphrase-file"] == nil else {
            throw UsageError(text: "--passphrase-file: only together with --with-keys")
        }
        return nil
    }
    let bytes: [UInt8]
    if let path = arguments.values["--passphrase-file"] {
        bytes = try firstLine(of: path)
    } else {
        bytes = try typed("passphrase: ")
        if isNew {
            guard try typed("the same again: ") == bytes else {
                throw StartError.refused("the two differ; nothing was done")
            }
        }
    }
    guard let passphrase = Passphrase(bytes) else {
        throw StartError.refused(
            "the passphrase: expected at least \(Passphrase.charactersMin) characters of UTF-8")
    }
    return passphrase
}

private func firstLine(of path: String) throws -> [UInt8] {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & 0o077 == 0 else {
        throw UsageError(
            text:
                "--passphrase-file: expected a file that only its owner can read (0600), got \(path)"
        )
    }
    do {
        return Array(try readBoundedFile(path, bytesMax: 4_096).prefix { $0 != 0x0A })
    } catch {
        throw UsageError(text: "--passphrase-file: cannot read \(path): \(error.reason)")
    }
}

/// What somebody types at the terminal, without showing it.
private func typed(_ prompt: String) throws -> [UInt8] {
    let terminal = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else {
        throw UsageError(text: "there is no terminal to ask at: give --passphrase-file")
    }
    defer { close(terminal) }
    var before = termios()
    guard unsafe tcgetattr(terminal, &before) == 0 else {
        throw UsageError(text: "there is no terminal to ask at: give --passphrase-file")
    }
    var hidden = before
    hidden.c_lflag &= ~tcflag_t(ECHO)
    _ = unsafe tcsetattr(terminal, TCSAFLUSH, &hidden)
    defer { _ = unsafe tcsetattr(terminal, TCSAFLUSH, &before) }
    _ = writeAll(Array(prompt.utf8), to: terminal)
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while line.count < 4_096 {
        let count = unsafe read(terminal, &byte, 1)
        if count < 0, errno == EINTR { continue }
        guard count == 1, byte != 0x0A else { break }
        line.append(byte)
    }
    _ = writeAll([0x0A], to: terminal)
    return line
}

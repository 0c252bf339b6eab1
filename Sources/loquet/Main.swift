import Glibc

@main enum Main {
    static func main() {
        // Closures written here would belong to the main actor; everything is elsewhere.
        exit(runLoquet(CommandLine.arguments))
    }
}

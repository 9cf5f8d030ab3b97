import CLibYAML

/// libyaml's parser over a text that outlives it. It frees what libyaml allocates.
struct YAMLParser: ~Copyable {
    private let raw: UnsafeMutablePointer<yaml_parser_t>

    /// Starts at the beginning of `text`, which is UTF-8 and stays in place as long as the parser lives.
    init(_ text: UnsafeBufferPointer<UInt8>) throws(YAMLError) {
        raw = .allocate(capacity: 1)
        guard yaml_parser_initialize(raw) == 1 else {
            raw.deallocate()
            throw YAMLError(message: "no memory to read the file")
        }
        yaml_parser_set_encoding(raw, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(raw, text.baseAddress, text.count)
    }

    deinit {
        yaml_parser_delete(raw)
        raw.deallocate()
    }

    /// Reads the next document; it has no root at the end of the text.
    func nextDocument() throws(YAMLError) -> YAMLDocument {
        let document = YAMLDocument()
        guard yaml_parser_load(raw, document.raw) == 1 else { throw syntaxError() }
        return document
    }

    /// Reads all tokens and stops at the first place where a limit is passed.
    ///
    /// This comes before the documents, since what libyaml does later takes quadratic time in depth, anchors and
    /// directives.
    func checkLimits(_ limits: YAMLLimits) throws(YAMLError) {
        var depth = 0
        var nodes = 0
        var anchors = 0
        var directives = 0
        while true {
            var token = yaml_token_t()
            guard yaml_parser_scan(raw, &token) == 1 else { throw syntaxError() }
            defer { yaml_token_delete(&token) }
            switch token.type {
            case YAML_STREAM_END_TOKEN:
                return
            case YAML_BLOCK_SEQUENCE_START_TOKEN, YAML_BLOCK_MAPPING_START_TOKEN, YAML_FLOW_SEQUENCE_START_TOKEN,
                YAML_FLOW_MAPPING_START_TOKEN:
                depth += 1
                nodes += 1
            case YAML_BLOCK_END_TOKEN, YAML_FLOW_SEQUENCE_END_TOKEN, YAML_FLOW_MAPPING_END_TOKEN:
                depth -= 1
            case YAML_SCALAR_TOKEN, YAML_KEY_TOKEN, YAML_VALUE_TOKEN, YAML_BLOCK_ENTRY_TOKEN, YAML_FLOW_ENTRY_TOKEN:
                nodes += 1
            case YAML_ANCHOR_TOKEN, YAML_ALIAS_TOKEN:
                anchors += 1
            case YAML_TAG_DIRECTIVE_TOKEN, YAML_VERSION_DIRECTIVE_TOKEN:
                directives += 1
            default:
                break
            }
            let place = Place(token.start_mark)
            guard depth <= limits.depth else { throw .tooDeep(at: place, limits) }
            // Three tokens for a node at most: its key or entry, its value's indicator, itself.
            guard nodes <= 3 * limits.nodes else { throw .tooManyNodes(at: place, limits) }
            guard anchors <= limits.anchors else {
                throw YAMLError(place: place, message: "more than \(limits.anchors) anchors and aliases")
            }
            guard directives <= limits.directives else {
                throw YAMLError(place: place, message: "more than \(limits.directives) directives")
            }
        }
    }

    /// What libyaml stopped at, in its words.
    private func syntaxError() -> YAMLError {
        guard raw.pointee.error != YAML_MEMORY_ERROR else { return YAMLError(message: "no memory to read the file") }
        var message = "syntax error"
        if let problem = raw.pointee.problem { message += ": " + String(cString: problem) }
        let place = Place(raw.pointee.problem_mark)
        if let context = raw.pointee.context {
            let start = Place(raw.pointee.context_mark)
            message += " (\(String(cString: context))" + (start.line == place.line ? ")" : ", line \(start.line))")
        }
        return YAMLError(place: place, message: message)
    }
}

extension YAMLError {
    static func tooDeep(at place: Place, _ limits: YAMLLimits) -> YAMLError {
        YAMLError(place: place, message: "more than \(limits.depth) lists and mappings inside each other")
    }

    static func tooManyNodes(at place: Place, _ limits: YAMLLimits) -> YAMLError {
        YAMLError(place: place, message: "more than \(limits.nodes) values, counted where their aliases stand")
    }
}

extension Place {
    /// libyaml's marks count from 0.
    init(_ mark: yaml_mark_t) {
        self.init(line: mark.line + 1, column: mark.column + 1)
    }
}

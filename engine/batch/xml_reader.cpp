// expat, with what it leaves open closed.
// SPDX-License-Identifier: MIT
#include "engine/batch/xml_reader.hpp"

#include <expat.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "engine/base/limits.hpp"

namespace assay::engine {
namespace {

constexpr char separator = '\x1f';  // cannot stand in XML
constexpr std::size_t step_bytes = 64 * limits::kibibyte;

std::string_view local(const char* name) noexcept {
    const char* const last = std::strrchr(name, separator);
    return last == nullptr ? name : last + 1;
}

}  // namespace

std::string_view XmlAttributes::operator[](std::string_view name) const noexcept {
    for (const char** pair = pairs_; *pair != nullptr; pair += 2) {
        if (local(pair[0]) == name) return pair[1];
    }
    return {};
}

bool XmlAttributes::flag(std::string_view name) const noexcept {
    const std::string_view value = (*this)[name];
    return value == "1" || value == "true";
}

struct XmlReader::State {
    explicit State(XmlHandler& given)
        : handler(given), parser(XML_ParserCreateNS(nullptr, separator)) {
        if (parser == nullptr) throw std::bad_alloc();
        XML_SetUserData(parser, this);
        XML_SetElementHandler(parser, on_open, on_close);
        XML_SetCharacterDataHandler(parser, on_text);
        XML_SetStartDoctypeDeclHandler(parser, on_doctype);
    }
    ~State() { XML_ParserFree(parser); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    static State& of(void* data) { return *static_cast<State*>(data); }
    void go_on(bool more) {
        if (more) return;
        stopped = true;
        XML_StopParser(parser, XML_FALSE);
    }
    void refuse(std::string sentence) {
        if (!refused) refused = fail(ErrorCode::unsupported_media, std::move(sentence));
        go_on(false);
    }

    // expat may still call after a stop; `stopped` keeps that from the handler.
    static void on_open(void* data, const XML_Char* name, const XML_Char** attributes) {
        State& state = of(data);
        if (state.stopped) return;
        if (++state.depth > limits::xml_depth_max) return state.refuse("is nested too deep");
        state.go_on(state.handler.open(local(name), XmlAttributes(attributes)));
    }
    static void on_close(void* data, const XML_Char* name) {
        State& state = of(data);
        if (state.stopped) return;
        --state.depth;
        state.go_on(state.handler.close(local(name)));
    }
    static void on_text(void* data, const XML_Char* text, int size) {
        State& state = of(data);
        if (state.stopped) return;
        state.go_on(state.handler.text({text, static_cast<std::size_t>(size)}));
    }
    static void on_doctype(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
        of(data).refuse("holds a document type, which workbooks must not");
    }

    Result<bool> parse(std::string_view bytes, bool last);

    XmlHandler& handler;
    XML_Parser parser;
    std::size_t depth = 0;
    std::size_t fed = 0;
    bool stopped = false;
    std::optional<Error> refused;
};

XmlReader::XmlReader(XmlHandler& handler) : state_(std::make_unique<State>(handler)) {}
XmlReader::~XmlReader() = default;

Result<bool> XmlReader::State::parse(std::string_view bytes, bool last) {
    if (stopped) return false;
    fed += bytes.size();
    const auto status = XML_Parse(parser, bytes.data(), static_cast<int>(bytes.size()), last);
    if (refused) return *refused;
    if (stopped) return false;
    if (status != XML_STATUS_OK) {
        return fail(ErrorCode::unsupported_media,
                    std::string("is not sound XML: ") + XML_ErrorString(XML_GetErrorCode(parser)) +
                        " on line " + std::to_string(XML_GetCurrentLineNumber(parser)));
    }
    // expat keeps a tag until it is whole.
    const XML_Index at = XML_GetCurrentByteIndex(parser);
    if (at >= 0 && fed - static_cast<std::size_t>(at) > limits::xml_token_bytes_max)
        return fail(ErrorCode::unsupported_media, "holds a tag of more than 1 MiB");
    return true;
}

Result<bool> XmlReader::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::string_view step = bytes.substr(0, step_bytes);
        bytes.remove_prefix(step.size());
        auto more = state_->parse(step, false);
        if (!more || !*more) return more;
    }
    return true;
}

Result<bool> XmlReader::finish() {
    return state_->parse({}, true);
}

}  // namespace assay::engine

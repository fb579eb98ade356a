// Drives Beast's header parser over a bounded buffer, applies our rules to what it lets pass, then
// takes the body by length or by chunks.
// SPDX-License-Identifier: MIT
#include "tools/api/request_reader.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cassert>
#include <optional>
#include <utility>

#include "engine/base/limits.hpp"
#include "tools/api/chunked_decoder.hpp"
#include "tools/api/request_rules.hpp"

namespace assay::tools {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t method_bytes_max = 16;

HttpRefusal too_large() {
    return {431, "header_too_large", "the request header is larger than 16 KiB"};
}

// Whether Beast takes `head`, a whole header block, as one; else what it says against it.
std::optional<HttpRefusal> refused_by_beast(std::string_view head) {
    http::request_parser<http::empty_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(limits::request_header_bytes_max));
    parser.body_limit(boost::none);  // counted by those who take the body
    parser.eager(false);
    boost::beast::error_code error;
    const std::size_t used = parser.put(boost::asio::buffer(head.data(), head.size()), error);
    if (error == http::error::header_limit) return too_large();
    if (error)
        return HttpRefusal{400, "bad_request", "the request is not valid HTTP: " + error.message()};
    if (!parser.is_header_done() || used != head.size())
        return HttpRefusal{400, "bad_request", "the request is not valid HTTP"};
    return std::nullopt;
}

}  // namespace

struct RequestReader::Body {
    std::string input;         // what has come
    std::size_t consumed = 0;  // of it
    std::string piece;
    HttpRequest request;
    HttpRefusal refusal;
    std::optional<ChunkedDecoder> chunks;
    std::uint64_t length_left = 0;
    bool head_given = false;
    bool is_done = false;
    bool is_refused = false;

    std::string_view rest() const noexcept { return std::string_view(input).substr(consumed); }
    void consume(std::size_t bytes) {
        consumed += bytes;
        assert(consumed <= input.size());
        if (consumed < input.size()) return;
        input.clear();
        consumed = 0;
    }

    Step refuse(HttpRefusal why) {
        refusal = std::move(why);
        is_refused = true;
        return Step::refused;
    }

    Step read_head() {
        const std::string_view bytes = rest();
        if (bytes.empty()) return Step::need_more;
        // Beast looks at a head only when its end is there; one that never ends must not grow.
        const std::size_t end = bytes.find("\r\n\r\n");
        const std::size_t size = end == std::string_view::npos ? bytes.size() : end + 4;
        if (size > limits::request_header_bytes_max) return refuse(too_large());
        if (end == std::string_view::npos) return check_beginning(bytes);
        const std::string_view head = bytes.substr(0, size);
        if (auto why = refused_by_beast(head)) return refuse(*std::move(why));
        if (auto why = read_request_head(head, request)) return refuse(*std::move(why));
        consume(size);
        head_given = true;
        chunks.reset();
        if (request.chunked) chunks.emplace();
        length_left = request.content_length.value_or(0);
        is_done = !request.has_body();
        return Step::head;
    }

    // What can no longer become a request line is refused before its end comes, so that a TLS hello
    // or a stray line does not wait for the timeout.
    Step check_beginning(std::string_view bytes) {
        const std::string_view method = bytes.substr(0, std::min(bytes.find(' '), bytes.size()));
        if (is_token(method) && method.size() <= method_bytes_max) return Step::need_more;
        return refuse({400, "bad_request", "the request does not begin with a method"});
    }

    Step read_body() {
        if (is_done) return Step::done;
        std::string_view bytes = rest();
        if (bytes.empty()) return Step::need_more;
        piece.clear();
        if (chunks) {
            const auto state = chunks->decode(bytes, piece);
            if (state == ChunkedDecoder::State::refused)
                return refuse({400, "bad_request", chunks->why()});
            consume(rest().size() - bytes.size());
            is_done = state == ChunkedDecoder::State::done;
        } else {
            const auto size = static_cast<std::size_t>(
                std::min(length_left, static_cast<std::uint64_t>(bytes.size())));
            piece.assign(bytes.substr(0, size));
            consume(size);
            length_left -= size;
            is_done = length_left == 0;
        }
        if (!piece.empty()) return Step::body;
        return is_done ? Step::done : Step::need_more;
    }
};

RequestReader::RequestReader() : body_(std::make_unique<Body>()) {}
RequestReader::~RequestReader() = default;

void RequestReader::feed(std::string_view bytes) {
    if (body_->consumed > 0) {
        body_->input.erase(0, body_->consumed);
        body_->consumed = 0;
    }
    body_->input += bytes;
}

RequestReader::Step RequestReader::step() {
    if (body_->is_refused) return Step::refused;
    return body_->head_given ? body_->read_body() : body_->read_head();
}

HttpRequest& RequestReader::request() noexcept {
    return body_->request;
}
std::string_view RequestReader::piece() const noexcept {
    return body_->piece;
}
const HttpRefusal& RequestReader::refusal() const noexcept {
    return body_->refusal;
}
bool RequestReader::has_begun() const noexcept {
    return body_->head_given || !body_->input.empty();
}
bool RequestReader::is_done() const noexcept {
    return body_->head_given && body_->is_done;
}
bool RequestReader::has_more() const noexcept {
    return !body_->rest().empty();
}

void RequestReader::next_request() {
    assert(is_done() && !body_->is_refused);
    body_->head_given = false;
    body_->piece.clear();
    body_->piece.shrink_to_fit();
}

}  // namespace assay::tools

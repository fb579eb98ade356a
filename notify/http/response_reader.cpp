// Beast's parser without its message: nothing is stored but the few facts an outcome needs.
// SPDX-License-Identifier: MIT
#include "notify/http/response_reader.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/http/basic_parser.hpp>
#include <charconv>

#include "engine/base/limits.hpp"

namespace assay::notify {
namespace {

namespace http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

constexpr std::size_t location_bytes_max = 512;
// Of a response that is remembered: nothing but a status line and headers in the usual case.
constexpr std::size_t remembered_bytes_max = 512;

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        const auto lower = [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        };
        return lower(x) == lower(y);
    });
}

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

// Length of the well-formed UTF-8 character at the front (RFC 3629, no surrogates, no overlong
// forms); 0: none.
std::size_t character_length(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    std::size_t length = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    if (first >= 0xc2 && first <= 0xdf) {
        length = 2;
    } else if (first >= 0xe0 && first <= 0xef) {
        length = 3;
        if (first == 0xe0) low = 0xa0;
        if (first == 0xed) high = 0x9f;
    } else if (first >= 0xf0 && first <= 0xf4) {
        length = 4;
        if (first == 0xf0) low = 0x90;
        if (first == 0xf4) high = 0x8f;
    } else {
        return 0;
    }
    if (text.size() < length || byte(1) < low || byte(1) > high) return 0;
    for (std::size_t i = 2; i < length; ++i) {
        if (byte(i) < 0x80 || byte(i) > 0xbf) return 0;
    }
    return length;
}

}  // namespace

class ResponseReader::Parser final : public http::basic_parser<false> {
  public:
    explicit Parser(const ResponseLimits& limits) : limits_(limits) {
        eager(true);
        header_limit(static_cast<std::uint32_t>(limits.header_bytes));
        body_limit(boost::none);  // counted here, because reaching it is no error of the header
    }

    int status = 0;
    bool header_done = false;
    bool body_cut = false;
    std::string text;
    std::string location;
    std::string retry_after;
    std::string problem;

    // What Beast lets through and what would let two readers differ on where a response ends.
    std::string framing_problem() const {
        if (transfer_encodings_ > 1) return "more than one Transfer-Encoding";
        if (transfer_encodings_ == 1) {
            if (!chunked_only_) return "a Transfer-Encoding other than chunked";
            if (content_lengths_ > 0) return "Transfer-Encoding beside Content-Length";
            if (version_ < 11) return "Transfer-Encoding in HTTP/1.0";
        }
        if (content_lengths_ > 1) return "more than one Content-Length";
        if (!plain_length_) return "a Content-Length that is no number";
        return {};
    }

  private:
    // The signatures with their odd parameter orders are Beast's.
    void on_request_impl(http::verb, string_view, string_view, int, error_code&) override {}
    void on_response_impl(int code, string_view, int version, error_code&) override {
        status_seen_ = code;
        version_ = version;
    }
    void on_field_impl(http::field name, string_view, string_view value, error_code&) override {
        const std::string_view text_value(value.data(), value.size());
        if (header_done) return;  // trailers say nothing
        switch (name) {
            case http::field::transfer_encoding:
                ++transfer_encodings_;
                chunked_only_ = equal_ignoring_case(trimmed(text_value), "chunked");
                break;
            case http::field::content_length:
                ++content_lengths_;
                plain_length_ = std::all_of(text_value.begin(), text_value.end(),
                                            [](char c) { return c >= '0' && c <= '9'; });
                break;
            case http::field::location:
                location.assign(text_value.substr(0, 4 * location_bytes_max));
                break;
            case http::field::retry_after:
                retry_after.assign(text_value.substr(0, 64));
                break;
            default:
                break;
        }
    }
    void on_header_impl(error_code& error) override {
        problem = framing_problem();
        if (!problem.empty()) {
            error = http::make_error_code(http::error::bad_transfer_encoding);
            return;
        }
        status = status_seen_;
        header_done = true;
    }
    void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
    std::size_t on_body_impl(string_view body, error_code& error) override {
        return take(body, error);
    }
    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code& error) override {
        return take(body, error);
    }
    void on_finish_impl(error_code&) override {}

    std::size_t take(string_view body, error_code& error) {
        const std::size_t room = limits_.text_bytes - std::min(limits_.text_bytes, text.size());
        text.append(body.data(), std::min(room, body.size()));
        body_bytes_ += body.size();
        if (body_bytes_ > limits_.body_bytes) {
            body_cut = true;
            error = http::make_error_code(http::error::body_limit);
        }
        return body.size();
    }

    const ResponseLimits& limits_;
    std::size_t body_bytes_ = 0;
    int status_seen_ = 0;
    int version_ = 11;
    int transfer_encodings_ = 0;
    int content_lengths_ = 0;
    bool chunked_only_ = false;
    bool plain_length_ = true;
};

// In place, because Beast's parser cannot be used a second time: a response costs no allocation.
struct ResponseReader::Place {
    std::optional<Parser> parser;
};

ResponseReader::ResponseReader(const ResponseLimits& limits)
    : limits_(limits),
      place_(std::make_unique<Place>()),
      parser_(&place_->parser.emplace(limits_)) {}
ResponseReader::~ResponseReader() = default;

void ResponseReader::begin() {
    begun_ = false;
}

ResponseReader::State ResponseReader::feed(std::string_view bytes, std::size_t& taken) {
    taken = 0;
    if (bytes.empty()) return State::more;
    if (begun_) return parse(bytes, taken);
    begun_ = true;
    if (bytes == last_) {  // what was read of it is a function of the bytes, and still there
        taken = bytes.size();
        return State::complete;
    }
    last_.clear();
    parser_ = &place_->parser.emplace(limits_);
    interim_ = 0;
    const State state = parse(bytes, taken);
    if (state == State::complete && taken == bytes.size() && taken <= remembered_bytes_max) {
        last_ = bytes;
    }
    return state;
}

ResponseReader::State ResponseReader::parse(std::string_view bytes, std::size_t& taken) {
    while (taken < bytes.size()) {
        error_code error;
        const std::string_view rest = bytes.substr(taken);
        const std::size_t used =
            parser_->put(boost::asio::const_buffer(rest.data(), rest.size()), error);
        taken += used;
        if (error == http::error::need_more) return State::more;
        if (parser_->body_cut) return State::too_large;
        if (error == http::error::header_limit) return State::too_large;
        if (error) {
            if (parser_->problem.empty()) parser_->problem = error.message();
            return State::invalid;
        }
        if (!parser_->is_done()) {
            if (used == 0) return State::more;
            continue;
        }
        const State state = step_over_interim();
        if (state != State::more) return state;
    }
    return State::more;
}

// 1xx responses are announcements: the response comes behind them.
ResponseReader::State ResponseReader::step_over_interim() {
    if (parser_->status / 100 != 1) return State::complete;
    if (parser_->status == 101) {
        parser_->problem = "the receiver switched protocols";
        return State::invalid;
    }
    if (++interim_ > limits_.interim) {
        parser_->problem = "too many interim responses";
        return State::invalid;
    }
    parser_ = &place_->parser.emplace(limits_);
    return State::more;
}

ResponseReader::State ResponseReader::end_of_stream() {
    error_code error;
    if (!begun_ || !parser_->got_some()) return State::invalid;
    parser_->put_eof(error);
    if (error) {
        parser_->problem = "the connection ended inside the response";
        return State::invalid;
    }
    return State::complete;
}

int ResponseReader::status() const noexcept {
    return !begun_ || parser_->status / 100 == 1 ? 0 : parser_->status;
}
bool ResponseReader::reusable() const noexcept {
    return begun_ && parser_->is_done() && parser_->keep_alive() && !parser_->need_eof();
}
std::string ResponseReader::text() const {
    return sanitised(parser_->text, limits_.text_bytes);
}
std::string ResponseReader::location() const {
    return sanitised(parser_->location, location_bytes_max);
}
std::string ResponseReader::problem() const {
    return sanitised(parser_->problem, location_bytes_max);
}
std::optional<std::chrono::seconds> ResponseReader::retry_after(TimePoint now) const {
    if (parser_->retry_after.empty()) return std::nullopt;
    return parse_retry_after(parser_->retry_after, now);
}

std::string sanitised(std::string_view bytes, std::size_t bytes_max) {
    constexpr std::string_view replacement = "\xef\xbf\xbd";
    std::string out;
    out.reserve(std::min(bytes.size(), bytes_max));
    while (!bytes.empty()) {
        const std::size_t length = character_length(bytes);
        std::string_view character = bytes.substr(0, std::max<std::size_t>(1, length));
        bytes.remove_prefix(character.size());
        const auto first = static_cast<unsigned char>(character.front());
        const bool control =
            (first < 0x20 && first != '\t' && first != '\n' && first != '\r') || first == 0x7f;
        if (length == 0 || control) character = replacement;
        if (out.size() + character.size() > bytes_max) break;
        out += character;
    }
    return out;
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, TimePoint now) {
    using std::chrono::seconds;
    constexpr seconds longest = limits::retry_after_max;
    value = trimmed(value);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (end == value.data() + value.size() && !value.empty()) {
        if (error == std::errc::result_out_of_range) return longest;
        if (error != std::errc() || number < 0) return std::nullopt;
        return std::min(seconds(number), longest);
    }
    // "Sun, 06 Nov 1994 08:49:37 GMT": the one form that may still be sent.
    constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (value.size() != 29 || value.substr(25) != " GMT") return std::nullopt;
    const auto month = std::find(months.begin(), months.end(), value.substr(8, 3));
    if (month == months.end()) return std::nullopt;
    std::string text(value.substr(12, 4));
    const auto month_number = static_cast<int>(month - months.begin()) + 1;
    text += month_number < 10 ? "-0" : "-";
    text += std::to_string(month_number);
    text += '-';
    text += value.substr(5, 2);
    text += 'T';
    text += value.substr(17, 8);
    text += 'Z';
    const Result<TimePoint> time = parse_time(text);
    if (!time) return std::nullopt;
    const auto wait = std::chrono::ceil<seconds>(*time - now);
    return std::clamp(wait, seconds(0), longest);
}

}  // namespace assay::notify

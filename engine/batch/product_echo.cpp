// Copies members by the positions that simdjson's first stage has found.
// SPDX-License-Identifier: MIT
#include "engine/batch/product_echo.hpp"

#include <array>
#include <cassert>
#include <cstdint>

#include "engine/base/ascii.hpp"

namespace assay::engine {
namespace {

// One member of an object: views into the text, and where its value begins and ends.
struct RawMember {
    std::string_view key;    // between its quotes, escapes as they are
    std::string_view value;  // without white space around it
    std::size_t value_structural = 0;
};

// What a structural character does to the depth.
constexpr std::array<signed char, 256> make_depth_step() {
    std::array<signed char, 256> step{};
    step['{'] = step['['] = 1;
    step['}'] = step[']'] = -1;
    return step;
}
constexpr auto depth_step = make_depth_step();

// Steps through the members of the object that starts at a structural position.
class MemberCursor {
  public:
    MemberCursor(const JsonParser& parsed, std::size_t object_structural)
        : starts_(parsed.structurals()), text_(parsed.text().data()), next_(object_structural + 1) {
        assert(at(object_structural) == '{');
    }

    bool next(RawMember& member) {
        if (at(next_) == ',') ++next_;
        if (at(next_) == '}') return false;
        const std::size_t key_begin = starts_[next_] + 1;
        std::size_t key_end = starts_[next_ + 1] - 1;  // before the colon
        while (text_[key_end] != '"')
            --key_end;
        member.key = {text_ + key_begin, key_end - key_begin};
        member.value_structural = next_ + 2;
        next_ = end_of_value(member.value_structural);
        const std::size_t begin = starts_[member.value_structural];
        std::size_t end = starts_[next_];
        while (is_blank(text_[end - 1]))
            --end;
        member.value = {text_ + begin, end - begin};
        return true;
    }

  private:
    char at(std::size_t structural) const noexcept { return text_[starts_[structural]]; }

    std::size_t end_of_value(std::size_t structural) const noexcept {
        const char first = at(structural++);
        if (first != '{' && first != '[') return structural;
        for (int depth = 1; depth > 0; ++structural)
            depth += depth_step[static_cast<unsigned char>(at(structural))];
        return structural;
    }

    // Plain pointers: this loop runs over every structural of every product, and what simdjson has
    // accepted is balanced.
    const std::uint32_t* starts_;
    const char* text_;
    std::size_t next_;
};

// Whether a key, folded to lower-case letters and digits, names an IMEI or a serial number. An
// escaped key is decoded far enough for that.
bool names_a_device(std::string_view key) noexcept {
    if (key.empty()) return false;
    const char first = key.front();
    if (first != 'i' && first != 'I' && first != 's' && first != 'S' && first != 'm' &&
        first != 'M' && first != '\\' && first != ' ') {
        return false;
    }
    std::array<char, 16> folded{};
    std::size_t size = 0;
    for (std::size_t i = 0; i < key.size() && size < folded.size(); ++i) {
        unsigned c = static_cast<unsigned char>(key[i]);
        if (c == '\\' && i + 5 < key.size() && key[i + 1] == 'u') {
            c = 0;
            for (std::size_t digit = i + 2; digit < i + 6; ++digit) {
                const auto h = static_cast<unsigned>(key[digit]);
                c = c * 16 + (h <= '9' ? h - '0' : (h | 0x20U) - 'a' + 10);
            }
            i += 5;
        }
        if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) folded[size++] = static_cast<char>(c);
    }
    const std::string_view name(folded.data(), size);
    return name.starts_with("imei") || name.starts_with("meid") || name == "serial" ||
           name.starts_with("serialn") || name == "sn";
}

enum class Inside { top, market, personal };

void write_object(const JsonParser& parsed, std::size_t structural, Inside inside,
                  EchoExtent extent, std::string& out);

void write_value(const JsonParser& parsed, const RawMember& member, Inside inside,
                 EchoExtent extent, std::string& out) {
    const bool is_object = member.value.front() == '{';
    if (inside == Inside::top && is_object) {
        if (member.key == "market")
            return write_object(parsed, member.value_structural, Inside::market, extent, out);
        if (member.key == "identifiers" || member.key == "device")
            return write_object(parsed, member.value_structural, Inside::personal, extent, out);
    }
    if (inside == Inside::market || !names_a_device(member.key) || member.value == "null") {
        out += member.value;
        return;
    }
    std::string_view inner = member.value;
    if (inner.front() == '"') {
        inner = inner.substr(1, inner.size() - 2);
    } else if (is_object || inner.front() == '[') {
        inner = {};
    }
    out += '"';
    append_masked(out, inner);
    out += '"';
}

bool is_left_out(std::string_view key, Inside inside) noexcept {
    if (inside == Inside::top) return key == "product_id" || key == "comparables";
    return inside == Inside::market && key == "rank_history";
}

void write_object(const JsonParser& parsed, std::size_t structural, Inside inside,
                  EchoExtent extent, std::string& out) {
    out += '{';
    MemberCursor cursor(parsed, structural);
    bool first = true;
    for (RawMember member; cursor.next(member);) {
        if (extent == EchoExtent::reduced && is_left_out(member.key, inside)) continue;
        if (!first) out += ',';
        first = false;
        out += '"';
        out += member.key;
        out += "\":";
        write_value(parsed, member, inside, extent, out);
    }
    out += '}';
}

}  // namespace

void append_masked(std::string& out, std::string_view text) {
    constexpr std::size_t imei_characters = 14, type_characters = 8, last_characters = 2;
    const bool plain = text.find('\\') == std::string_view::npos;
    if (!plain || text.size() <= last_characters) {
        out += "***";
        return;
    }
    const std::size_t shown = text.size() >= imei_characters ? type_characters : 0;
    // Never cut a character in two.
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x80) continue;
        out += "***";
        return;
    }
    out += text.substr(0, shown);
    out.append(text.size() - shown - last_characters, '*');
    out += text.substr(text.size() - last_characters);
}

void write_product_data(const JsonParser& parsed, EchoExtent extent, std::string& out) {
    out.clear();
    write_object(parsed, 0, Inside::top, extent, out);
}

}  // namespace assay::engine

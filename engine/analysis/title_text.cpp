// One pass over the characters, then one over the places where a number ends.
// SPDX-License-Identifier: MIT
#include "engine/analysis/title_text.hpp"

#include <algorithm>
#include <array>

#include "engine/analysis/html_entities.hpp"
#include "engine/analysis/title_units.hpp"
#include "engine/analysis/unicode_folding.hpp"
#include "engine/base/ascii.hpp"

namespace assay::engine {
namespace {

enum class Class : std::uint8_t { blank, word, capital, digit, mark, quote };

constexpr std::array<Class, 256> classes = [] {
    std::array<Class, 256> table{};  // blank: controls, spaces, decoration
    for (unsigned c = 'a'; c <= 'z'; ++c)
        table[c] = Class::word;
    for (unsigned c = 'A'; c <= 'Z'; ++c)
        table[c] = Class::capital;
    for (unsigned c = '0'; c <= '9'; ++c)
        table[c] = Class::digit;
    for (unsigned c = 0x80; c <= 0xFF; ++c)
        table[c] = Class::word;  // letters of other scripts, once folded
    for (const char c : std::string_view("-/.,:;&+()[]{}"))
        table[static_cast<unsigned char>(c)] = Class::mark;
    table['"'] = table['\''] = table['`'] = Class::quote;
    return table;
}();

// A letter in lower case; zero for what is none.
constexpr std::array<char, 256> lowered = [] {
    std::array<char, 256> table{};
    for (std::size_t c = 0; c < table.size(); ++c) {
        const char letter = static_cast<char>(c);
        if (classes[c] == Class::word) table[c] = letter;
        if (classes[c] == Class::capital) table[c] = to_lower(letter);
    }
    return table;
}();

constexpr Class class_of(char c) noexcept {
    return classes[static_cast<unsigned char>(c)];
}
constexpr bool is_word(char c) noexcept {
    const Class kind = class_of(c);
    return kind == Class::word || kind == Class::digit || kind == Class::capital;
}

class Normaliser {
  public:
    Normaliser(std::string_view text, DecimalMark mark, TextBuffer& out)
        : text_(text), mark_(mark), out_(out) {
        out_.clear();
    }

    void run() noexcept {
        while (at_ < text_.size() && out_.room() > growth_max) {
            const char c = text_[at_];
            const Class kind = class_of(c);
            if (kind == Class::word || kind == Class::capital) {
                if (after_digit()) note_end();
                take_letters();
            } else if (kind == Class::digit) {
                out_.append(c);
                ++at_;
            } else if (kind == Class::blank) {
                take_blank(c);
            } else if (kind == Class::quote) {
                take_quote(c);
            } else {
                take_mark(c);
            }
        }
        trim_end();
        join_units();
        out_.close();
    }

  private:
    static constexpr std::size_t growth_max = 8;
    static constexpr std::size_t ends_max = 24;  // numbers looked at; no title has that many

    // A run of them, without asking for room at each.
    void take_letters() noexcept {
        const std::size_t most = std::min(text_.size() - at_, out_.room() - growth_max);
        const char* from = text_.data() + at_;
        char* to = out_.bytes.data() + out_.size;
        std::size_t count = 0;
        while (count < most) {
            const char letter = lowered[static_cast<unsigned char>(from[count])];
            if (letter == '\0') break;
            to[count++] = letter;
        }
        at_ += count;
        out_.size += count;
    }

    char next(std::size_t offset = 1) const noexcept {
        return at_ + offset < text_.size() ? text_[at_ + offset] : ' ';
    }
    char last() const noexcept { return out_.size > 0 ? out_.bytes[out_.size - 1] : ' '; }
    bool after_digit() const noexcept { return is_digit(last()); }

    // A number ends before what is appended next.
    void note_end() noexcept {
        if (ends_count_ < ends_max) ends_[ends_count_++] = out_.size;
    }
    void blank() noexcept {
        if (last() == ' ') return;
        if (after_digit()) note_end();
        out_.append(' ');
    }

    void take_blank(char c) noexcept {
        // L@@K says nothing.
        if (c == '@' && next() == '@' && to_lower(next(2)) == 'k' && last() == 'l') {
            --out_.size;
            at_ += 3;
            return;
        }
        blank();
        ++at_;
    }

    void take_quote(char c) noexcept {
        const bool twice = c != '"' && class_of(next()) == Class::quote && next() != '"';
        const bool inch = c == '"' || twice;
        const std::size_t size = twice ? 2 : 1;
        if (after_digit() && (inch || !is_word(next()))) {
            note_end();
            out_.append(inch ? "in" : "ft");
            // 14"TV
            if (is_word(next(size))) out_.append(' ');
        } else if (inch || !is_word(last()) || !is_word(next())) {
            blank();  // else it stands inside a word, which is written with and without: noah's
        }
        at_ += size;
    }

    // How many digits stand at `offset` behind the current character, up to 4.
    std::size_t digits_behind() const noexcept {
        std::size_t count = 0;
        while (count < 4 && is_digit(next(1 + count)))
            ++count;
        return count;
    }
    // Whether what was written ends in one to three digits that begin a number.
    bool ends_in_group() const noexcept {
        std::size_t count = 0;
        while (count < out_.size && is_digit(out_.bytes[out_.size - 1 - count]))
            ++count;
        if (count == 0 || count > 3) return false;
        if (count == out_.size) return true;
        const char before = out_.bytes[out_.size - 1 - count];
        return !is_word(before) && before != '.' && before != '-' && before != '/';
    }

    void take_mark(char c) noexcept {
        if ((c == ',' || c == '.') && after_digit() && is_digit(next())) {
            return take_number_mark(c);
        }
        // Runs of one mark are decoration; "C++" is a name.
        if (c != '+' && next() == c) {
            while (at_ < text_.size() && text_[at_] == c)
                ++at_;
            return blank();
        }
        if (c == '[' || c == '{') c = '(';
        if (c == ']' || c == '}') c = ')';
        if (after_digit()) note_end();
        out_.append(c);
        ++at_;
    }

    void take_number_mark(char c) noexcept {
        const std::size_t digits = digits_behind();
        const bool decimal = mark_ == DecimalMark::comma   ? c == ','
                             : mark_ == DecimalMark::point ? c == '.'
                                                           : c == '.' || digits != 3;
        const bool thousands = !decimal && digits == 3 && (in_thousands_ || ends_in_group());
        in_thousands_ = thousands;
        if (!thousands) out_.append('.');
        ++at_;
        if (!thousands) return;
        for (std::size_t i = 0; i < 3; ++i)
            out_.append(text_[at_++]);
        // 1.234.567: the next group is of this number too.
        in_thousands_ = at_ < text_.size() && text_[at_] == c;
    }

    void trim_end() noexcept {
        // The text may have ended inside a character.
        while (out_.size > 0 && at_ < text_.size() && static_cast<unsigned char>(last()) >= 0x80)
            --out_.size;
        while (out_.size > 0 && last() == ' ')
            --out_.size;
        out_.close();
    }

    // From the last to the first, so that what is noted stays in its place.
    void join_units() noexcept {
        for (std::size_t i = ends_count_; i-- > 0;) {
            if (ends_[i] < out_.size) join_unit(ends_[i]);
        }
    }

    // `end`: behind the last digit of a number. A number that belongs to a name has no unit: S10,
    // MX-5.
    void join_unit(std::size_t end) noexcept {
        const char* bytes = out_.bytes.data();
        const bool apart = bytes[end] == ' ' || bytes[end] == '-';
        const std::size_t begin = apart ? end + 1 : end;
        std::size_t stop = begin;
        while (bytes[stop] >= 'a' && bytes[stop] <= 'z')
            ++stop;
        if (stop == begin || stop - begin > word_key_bytes || is_word(bytes[stop])) return;
        const Unit unit = unit_table.find(load_key(bytes + begin, stop - begin));
        if (unit.kind == Unit::Kind::none) return;
        if (apart && (unit.kind == Unit::Kind::attached || belongs_to_name(end))) return;
        if (!apart && unit.text.size() == stop - begin) return;
        replace(end, stop, unit.text);
    }

    bool belongs_to_name(std::size_t end) const noexcept {
        std::size_t at = end;
        while (at > 0 && (is_digit(out_.bytes[at - 1]) || out_.bytes[at - 1] == '.' ||
                          (out_.bytes[at - 1] == 'x' && at > 1 && is_digit(out_.bytes[at - 2]))))
            --at;
        if (at == 0) return false;
        const char before = out_.bytes[at - 1];
        if (before == '-' || before == '/') return at > 1 && is_letter(out_.bytes[at - 2]);
        return is_word(before);
    }

    void replace(std::size_t from, std::size_t until, std::string_view text) noexcept {
        // Never longer than what it replaces: units are spelt out or set apart.
        char* bytes = out_.bytes.data();
        std::copy(text.begin(), text.end(), bytes + from);
        std::copy(bytes + until, bytes + out_.size + TextBuffer::zeros, bytes + from + text.size());
        out_.size -= until - from - text.size();
    }

    const std::string_view text_;
    const DecimalMark mark_;
    TextBuffer& out_;
    std::size_t at_ = 0;
    std::array<std::size_t, ends_max> ends_;
    std::size_t ends_count_ = 0;
    bool in_thousands_ = false;
};

bool is_ascii(std::string_view text) noexcept {
    unsigned char seen = 0;
    for (const char c : text)
        seen = static_cast<unsigned char>(seen | static_cast<unsigned char>(c));
    return seen < 0x80;
}

}  // namespace

DecimalMark decimal_mark_of(std::string_view language) noexcept {
    if (language.size() < 2 || (language.size() > 2 && language[2] != '-')) {
        return DecimalMark::unknown;
    }
    const std::array<char, 2> tag{to_lower(language[0]), to_lower(language[1])};
    const std::string_view primary(tag.data(), tag.size());
    constexpr std::string_view with_point = "en ja zh ko he th";
    constexpr std::string_view with_comma =
        "de fr es it nl pl pt da sv no nb fi cs sk hu ro bg el hr sl et lv lt ru uk tr";
    if (with_point.find(primary) != std::string_view::npos) return DecimalMark::point;
    if (with_comma.find(primary) != std::string_view::npos) return DecimalMark::comma;
    return DecimalMark::unknown;
}

void normalise_text(std::string_view raw, DecimalMark mark, TextBuffer& out) noexcept {
    raw = raw.substr(0, text_bytes_max);
    const bool entities = may_hold_entities(raw);
    if (!entities && is_ascii(raw)) return Normaliser(raw, mark, out).run();
    TextBuffer decoded;
    if (entities) {
        decode_entities(raw, decoded);
        raw = decoded.view();
    }
    if (is_ascii(raw)) return Normaliser(raw, mark, out).run();
    TextBuffer folded;
    fold_unicode(raw, folded);
    Normaliser(folded.view(), mark, out).run();
}

}  // namespace assay::engine

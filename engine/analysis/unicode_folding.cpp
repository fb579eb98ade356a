// A short way for Latin letters and typographic marks; utf8proc for all other scripts.
// SPDX-License-Identifier: MIT
#include "engine/analysis/unicode_folding.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "engine/base/utf8.hpp"

namespace assay::engine {
namespace {

constexpr utf8proc_option_t fold_options = static_cast<utf8proc_option_t>(
    UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);

// Marks that stand for an ASCII character, and those that NFKC would turn into letters or leave
// behind as combining marks; 0: none of them. A closing quote U+201D is also how an inch is
// written, an opening one never is.
constexpr char ascii_for(std::uint32_t code) noexcept {
    switch (code) {
        case 0xD7:  // multiplication sign
            return 'x';
        case 0xB4:    // acute accent, as an apostrophe
        case 0x2018:  // quotation marks
        case 0x2019:
        case 0x201A:
        case 0x201B:
        case 0x2032:  // prime
            return '\'';
        case 0x201D:
        case 0x2033:  // double prime
            return '"';
        case 0x2010:  // hyphens and dashes
        case 0x2011:
        case 0x2012:
        case 0x2013:
        case 0x2014:
        case 0x2015:
        case 0x2212:  // minus
            return '-';
        case 0x2044:  // fraction slash
            return '/';
        case 0xA0:  // no-break space
        case 0xA9:  // copyright
        case 0xAB:  // guillemets
        case 0xBB:
        case 0xAE:    // registered
        case 0xB0:    // degree
        case 0xB7:    // middle dot
        case 0x201C:  // opening quotation marks
        case 0x201E:
        case 0x201F:
        case 0x2022:  // bullet
        case 0x2026:  // ellipsis
        case 0x2120:  // service mark
        case 0x2122:  // trade mark
            return ' ';
        default:
            return 0;
    }
}

// False: something here is not for the short way; `out` holds what came before.
bool fold_latin(std::string_view text, TextBuffer& out) noexcept {
    out.clear();
    for (std::size_t at = 0; at < text.size();) {
        if (out.room() < 3) return true;
        const auto lead = static_cast<unsigned char>(text[at]);
        if (lead < 0x80) {
            out.append(text[at++]);
            continue;
        }
        const auto byte = [&](std::size_t offset) -> std::uint32_t {
            return at + offset < text.size() ? static_cast<unsigned char>(text[at + offset]) : 0;
        };
        const auto follows = [&](std::size_t offset) { return (byte(offset) & 0xC0U) == 0x80U; };
        if ((lead == 0xC2 || lead == 0xC3) && follows(1)) {
            const std::uint32_t code = (lead & 0x1FU) << 6 | (byte(1) & 0x3FU);
            at += 2;
            if (const char ascii = ascii_for(code); ascii != 0) {
                out.append(ascii);
            } else if (code == 0xDF) {
                out.append("ss");
            } else if (code >= 0xC0 && code != 0xF7) {
                out.append(static_cast<char>(lead));
                const bool capital = code <= 0xDE;
                out.append(static_cast<char>(0x80U | ((code + (capital ? 0x20U : 0U)) & 0x3FU)));
            } else {
                return false;
            }
        } else if (lead == 0xE2 && follows(1) && follows(2)) {
            const std::uint32_t code =
                (lead & 0x0FU) << 12 | (byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU);
            const char ascii = ascii_for(code);
            if (ascii == 0) return false;
            out.append(ascii);
            at += 3;
        } else {
            return false;
        }
    }
    return true;
}

utf8proc_int32_t map_marks(utf8proc_int32_t code, void*) {
    const char ascii = ascii_for(static_cast<std::uint32_t>(code));
    return ascii == 0 ? code : ascii;
}

bool is_word_character(utf8proc_int32_t code) noexcept {
    switch (utf8proc_category(code)) {
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_MN:
        case UTF8PROC_CATEGORY_MC:
        case UTF8PROC_CATEGORY_ME:
        case UTF8PROC_CATEGORY_ND:
        case UTF8PROC_CATEGORY_NL:
        case UTF8PROC_CATEGORY_NO:
            return true;
        default:
            return false;
    }
}

// Copies what is UTF-8, blanks for the rest.
void copy_valid(std::string_view text, TextBuffer& out) noexcept {
    out.clear();
    for (std::size_t at = 0; at < text.size() && out.room() >= 4;) {
        utf8proc_int32_t code = 0;
        const auto size =
            utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
                             static_cast<utf8proc_ssize_t>(text.size() - at), &code);
        if (size <= 0) {
            out.append(' ');
            ++at;
            continue;
        }
        out.append(text.substr(at, static_cast<std::size_t>(size)));
        at += static_cast<std::size_t>(size);
    }
}

}  // namespace

void fold_unicode_by_library(std::string_view text, TextBuffer& out) noexcept {
    TextBuffer valid;
    if (!is_utf8(text)) {
        copy_valid(text, valid);
        text = valid.view();
    }
    text = whole_characters(text, text_bytes_max);
    std::array<utf8proc_int32_t, text_bytes_max> codes;
    utf8proc_ssize_t count = 0;
    // One character may become 18: then less of the text is read.
    for (;; text = whole_characters(text, text.size() / 2)) {
        count = utf8proc_decompose_custom(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                          static_cast<utf8proc_ssize_t>(text.size()), codes.data(),
                                          static_cast<utf8proc_ssize_t>(codes.size()), fold_options,
                                          &map_marks, nullptr);
        if (count <= static_cast<utf8proc_ssize_t>(codes.size())) break;
    }
    count = std::max<utf8proc_ssize_t>(count, 0);
    count = utf8proc_normalize_utf32(codes.data(), count, fold_options);
    out.clear();
    for (utf8proc_ssize_t i = 0; i < count && out.room() >= 4; ++i) {
        const utf8proc_int32_t code = codes[static_cast<std::size_t>(i)];
        const char ascii = ascii_for(static_cast<std::uint32_t>(code));
        if (code < 0x80 || ascii != 0) {
            out.append(ascii != 0 ? ascii : static_cast<char>(code));
        } else if (!is_word_character(code)) {
            out.append(' ');
        } else {
            std::array<utf8proc_uint8_t, 4> bytes{};
            const auto size = utf8proc_encode_char(code, bytes.data());
            out.append({reinterpret_cast<const char*>(bytes.data()),
                        static_cast<std::size_t>(std::max<utf8proc_ssize_t>(size, 0))});
        }
    }
    out.close();
}

void fold_unicode(std::string_view text, TextBuffer& out) noexcept {
    if (fold_latin(text, out)) return out.close();
    fold_unicode_by_library(text, out);
}

}  // namespace assay::engine

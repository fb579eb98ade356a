// Splits at what is no word character, keeps - / . inside a token, and tells the kinds apart.
// SPDX-License-Identifier: MIT
#include "engine/analysis/title_tokens.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "engine/analysis/text_buffer.hpp"
#include "engine/analysis/title_units.hpp"
#include "engine/base/ascii.hpp"

namespace assay::engine {
namespace {

constexpr std::size_t model_size_min = 4, part_size_min = 5;

bool is_word_byte(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}
bool is_joint(char c) noexcept {
    return c == '-' || c == '/' || c == '.';
}

struct Shape {
    std::size_t digits = 0, letters = 0;
    std::size_t leading_letters = 0;  // before the first digit
};

Shape shape_of(std::string_view text) noexcept {
    Shape shape;
    for (const char c : text) {
        if (is_digit(c)) {
            ++shape.digits;
        } else if (!is_joint(c)) {
            ++shape.letters;
            if (shape.digits == 0) ++shape.leading_letters;
        }
    }
    return shape;
}

// 64gb, 2.5ghz, 20x30cm, 1000base: digits, perhaps several of them by . or x, and a unit.
bool is_measure(std::string_view key) noexcept {
    std::size_t at = 0;
    while (at < key.size() && (is_digit(key[at]) || key[at] == '.' ||
                               (key[at] == 'x' && at + 1 < key.size() && is_digit(key[at + 1]))))
        ++at;
    const std::string_view unit = key.substr(at);
    if (at == 0 || key.front() == 'x') return false;
    return unit.empty() || unit_table.find(word_key(unit)).kind != Unit::Kind::none;
}

// Names of standards that have the shape of a model but say nothing about which product it is.
bool is_standard(std::string_view key) noexcept {
    constexpr std::array<std::string_view, 16> standards = {
        "10base", "100base", "1000base", "802.11", "h264",  "h265", "mpeg1", "mpeg2",
        "mpeg4",  "cat5",    "cat6",     "cat7",   "rs232", "ddr",  "ieee",  "win32"};
    return std::any_of(standards.begin(), standards.end(),
                       [&](std::string_view name) { return key.starts_with(name); });
}

TokenKind kind_of_mixed(std::string_view key, const Shape& shape) noexcept {
    if (is_measure(key)) return TokenKind::measure;
    if (key.size() < model_size_min) return TokenKind::number;  // xp2, s10: as a version
    // windows7, playstation3: a word and its version.
    if (shape.leading_letters >= 6 && shape.digits <= 2 &&
        shape.leading_letters + shape.digits == key.size()) {
        return TokenKind::number;
    }
    return is_standard(key) ? TokenKind::measure : TokenKind::model;
}

// "7.0" and "v7" are 7.
std::string_view plain_number(std::string_view key) noexcept {
    if (key.size() > 1 && key.front() == 'v' && is_digit(key[1])) key.remove_prefix(1);
    while (key.size() > 2 && key.ends_with(".0"))
        key.remove_suffix(2);
    return key;
}

bool is_number(std::string_view text) noexcept {
    return !text.empty() && is_digit(text.front()) &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
}

}  // namespace

void TokenList::clear() noexcept {
    tokens_.clear();
    atoms_.clear();
    keys_.clear();
}

void TokenList::add(std::string_view text, std::string_view key, TokenKind kind) {
    if (tokens_.size() < tokens_max) tokens_.push_back({text, key, kind});
}

void TokenList::read(std::string_view normal) {
    clear();
    if (keys_.capacity() < text_bytes_max) keys_.reserve(text_bytes_max);
    for (std::size_t at = 0; at < normal.size() && tokens_.size() < tokens_max;) {
        if (!is_word_byte(normal[at])) {
            ++at;
            continue;
        }
        const std::size_t begin = at, first_atom = atoms_.size();
        std::size_t atom = at;
        while (at < normal.size()) {
            if (is_word_byte(normal[at])) {
                ++at;
                continue;
            }
            const bool joins =
                is_joint(normal[at]) && at + 1 < normal.size() && is_word_byte(normal[at + 1]);
            if (!joins) break;
            atoms_.push_back(normal.substr(atom, at - atom));
            atom = ++at;
        }
        atoms_.push_back(normal.substr(atom, at - atom));
        std::string_view text = normal.substr(begin, at - begin);
        if (atoms_.size() - first_atom > 1 && !is_number(text)) {
            add_joined(text, first_atom);
            continue;
        }
        // s21+ is another phone than s21.
        if (at < normal.size() && normal[at] == '+' && is_digit(normal[at - 1])) {
            text = normal.substr(begin, ++at - begin);
        }
        const std::string_view plain = plain_number(text);
        const std::string_view bare = text.substr(0, text.size() - (text.ends_with('+') ? 1 : 0));
        const Shape shape = shape_of(bare);
        if (is_number(plain)) {
            add(text, plain,
                plain.size() >= part_size_min && shape.digits == plain.size() ? TokenKind::part
                                                                              : TokenKind::number);
        } else if (shape.digits == 0) {
            add(text, text, TokenKind::word);
        } else {
            add(text, text, kind_of_mixed(bare, shape));
        }
    }
}

// Several pieces in one: a model, a number, or words that somebody has joined.
void TokenList::add_joined(std::string_view text, std::size_t first_atom) {
    const Shape shape = shape_of(text);
    const std::size_t at = keys_.size();
    std::copy_if(text.begin(), text.end(), std::back_inserter(keys_),
                 [](char c) { return !is_joint(c); });
    assert(keys_.size() <= text_bytes_max);
    const std::string_view key = std::string_view(keys_).substr(at);
    const auto pieces = [&] {
        for (std::size_t i = first_atom; i < atoms_.size(); ++i) {
            const std::string_view piece = atoms_[i];
            const Shape of_piece = shape_of(piece);
            const bool mixed = of_piece.digits > 0 && of_piece.letters > 0;
            if (of_piece.letters == 0) {
                add(piece, plain_number(piece),
                    piece.size() >= part_size_min ? TokenKind::part : TokenKind::number);
            } else {
                add(piece, piece, mixed ? kind_of_mixed(piece, of_piece) : TokenKind::word);
            }
        }
    };
    if (shape.digits == 0) return pieces();
    if (shape.letters > 0 && is_measure(text)) return add(text, text, TokenKind::measure);
    if (shape.letters == 0) {
        const bool long_enough =
            key.size() >= part_size_min && text.find('-') != std::string_view::npos;
        return long_enough ? add(text, key, TokenKind::part) : pieces();
    }
    bool mixed = false;  // whether a piece holds both
    bool standard = is_standard(text);
    for (std::size_t i = first_atom; i < atoms_.size(); ++i) {
        const Shape of_piece = shape_of(atoms_[i]);
        standard = standard || is_standard(atoms_[i]);
        mixed = mixed || (of_piece.digits > 0 && of_piece.letters > 0 && !is_measure(atoms_[i]));
    }
    // dvd-8100 is a model; 24-port, 3-in-1, usb-2 and windows-95 are not.
    const bool named = shape.leading_letters > 0 && shape.leading_letters <= 5 && shape.digits >= 2;
    if (key.size() < model_size_min || !(mixed || named) || standard) {
        return pieces();
    }
    add(text, key, TokenKind::model);
    for (std::size_t i = first_atom; i < atoms_.size(); ++i) {
        // Of the model itself: no model of its own, or 1000xm4 would contradict others.
        if (atoms_[i].size() >= 2) add(atoms_[i], atoms_[i], TokenKind::word);
    }
}

}  // namespace assay::engine

// One pass over a text's words with the three words before each in view.
// SPDX-License-Identifier: MIT
#include "engine/analysis/title_words.hpp"

#include "engine/analysis/title_units.hpp"
#include "engine/analysis/title_vocabulary.hpp"
#include "engine/base/ascii.hpp"

#include <algorithm>
#include <array>

namespace assay::engine {
namespace {

constexpr std::array<bool, 256> make_word_bytes() {
    std::array<bool, 256> bytes{};
    for (std::size_t c = 0; c < bytes.size(); ++c) {
        bytes[c] =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
    }
    return bytes;
}
constexpr std::array<bool, 256> word_bytes = make_word_bytes();

struct Token {
    Word word = Word::other;
    std::int64_t number = 0;
};

// A number of gigabytes, a terabyte being a thousand of them however it is written; 0: too many.
std::int64_t gigabytes(std::int64_t number, std::string_view unit) noexcept {
    if (unit == "tb") return number <= 1'000 ? number * 1'000 : 0;
    return number % 1'024 == 0 ? number / 1'024 * 1'000 : number;
}

// "4", "4er", "4x", "4pk", "50ml", "3x50ml", "64gb"; anything else that starts with a digit is
// other.
Token read_number(std::string_view text, const TitleVocabulary& vocabulary) noexcept {
    Token token;
    std::size_t digits = 0;
    while (digits < text.size() && is_digit(text[digits])) {
        if (digits == 7) return {};
        token.number = token.number * 10 + (text[digits++] - '0');
    }
    const std::string_view suffix = text.substr(digits);
    if (suffix.empty()) {
        token.word = Word::number;
        return token;
    }
    if (suffix == "x") {
        token.word = Word::number_times;
        return token;
    }
    if (suffix[0] == 'x' && is_digit(suffix[1])) {
        const Token each = read_number(suffix.substr(1), vocabulary);
        if (each.word == Word::number_content) token.word = Word::number_pieces;
        if (each.word == Word::number_storage) return each;  // 2x8gb is one kit
        return token;
    }
    const WordKey key = word_key(suffix);
    switch (vocabulary.find(key)) {
        case Word::er:
            token.word = Word::number_er;
            return token;
        case Word::pack:
        case Word::pieces:
            token.word = Word::number_pieces;
            return token;
        default:
            break;
    }
    const Unit unit = unit_table.find(key);
    if (unit.kind == Unit::Kind::storage) {
        token.word = Word::number_storage;
        token.number = gigabytes(token.number, unit.text);
    } else if (unit.kind == Unit::Kind::content) {
        token.word = Word::number_content;
    } else if (unit.kind == Unit::Kind::measure || unit.text == "in" || unit.text == "m") {
        token.word = Word::number_measure;
    }
    return token;
}

// "2.5", "1/2", "1:18": a part of such a number says nothing about a quantity.
bool is_fraction(std::string_view text, std::size_t begin, std::size_t end) noexcept {
    const auto joins = [](char c) { return c == '.' || c == ',' || c == '/' || c == ':'; };
    return (begin >= 2 && joins(text[begin - 1]) && is_digit(text[begin - 2])) ||
           (end + 1 < text.size() && joins(text[end]) && is_digit(text[end + 1]));
}

// Takes one token after the other and remembers the last three.
class Reader {
  public:
    explicit Reader(TextFacts& facts) : facts_(facts) {}

    void take(const Token& token) noexcept {
        settle_times(token.word);
        // Most words of a title say nothing here.
        if (token.word != Word::other || before(1) == Word::of) {
            take_quantity(token);
            take_storage(token);
            take_defect(token.word);
            take_condition(token.word);
        }
        history_ = history_ << 8 | static_cast<std::uint32_t>(token.word);
        number_before_ = number_;
        number_ = token.number;
    }

    // "(x4)" or a title's last word "x4".
    void take_times_suffix(std::int64_t number) noexcept { set_quantity(number); }

    void finish() noexcept {
        if (times_ > 0 && !times_number_) set_quantity(times_);
        keep_storage();
        if (sealed_ && !sealed_thing_) name(Condition::new_);
        if (has_reservation_) take_reservation();
        if (facts_.parts_only) facts_.condition = Condition::parts;
    }

  private:
    Word before(std::size_t back) const noexcept {
        return static_cast<Word>(history_ >> (8 * (back - 1)) & 0xFF);
    }
    bool negated(std::size_t back) const noexcept {
        return before(back) == Word::not_ || before(back) == Word::without;
    }
    // With up to two words between: read the full description, Beschreibung bitte lesen.
    bool is_near(Word word) const noexcept {
        return before(1) == word || before(2) == word || before(3) == word;
    }
    void name(Condition condition) noexcept {
        facts_.condition = worse(facts_.condition, condition);
    }

    // "Read description!": there is something wrong with it that a title had no room for.
    void take_reservation() noexcept {
        const Condition said = facts_.condition;
        const bool unused = said == Condition::new_ || said == Condition::new_other;
        name(unused ? Condition::new_defects : Condition::acceptable);
    }

    void set_quantity(std::int64_t quantity) noexcept {
        if (facts_.lot_quantity == 1 && quantity >= 2 && quantity <= lot_quantity_max) {
            facts_.lot_quantity = quantity;
        }
    }

    // "4 x ..." counts unless a measure or a magnification follows: 20 x 30 cm, 4x zoom.
    void settle_times(Word word) noexcept {
        if (times_ == 0) return;
        if (times_number_) {
            times_ = 0;
        } else if (word == Word::number) {
            times_number_ = true;
        } else {
            if (word != Word::magnifies && word != Word::number_times &&
                word != Word::number_measure && word != Word::number_storage) {
                set_quantity(times_);
            }
            times_ = 0;
        }
    }

    // "16gb ram", "16gb ddr4 ram", "ddr4 16gb": working memory, the word before or behind it.
    void take_storage(const Token& token) noexcept {
        if (token.word == Word::memory) {
            if (before(1) == Word::memory) return;
            memory_follows_ = before(1) != Word::number_storage;
            if (!memory_follows_) storage_ = 0;
        } else if (token.word == Word::number_storage) {
            keep_storage();
            if (!memory_follows_) storage_ = token.number;
            memory_follows_ = false;
        }
    }
    void keep_storage() noexcept {
        facts_.storage_gb = std::max(facts_.storage_gb, storage_);
        storage_ = 0;
    }

    void start_times(std::int64_t number) noexcept {
        times_ = number <= 100 ? number : 0;
        times_number_ = false;
    }

    void take_quantity(const Token& token) noexcept {
        if (before(1) == Word::of) {
            const Word what = before(2);
            if (token.word == Word::number &&
                (what == Word::lot || what == Word::set || what == Word::pack ||
                 what == Word::box || what == Word::crate)) {
                set_quantity(token.number);
            } else if (what == Word::lot && before(3) != Word::article) {
                facts_.is_bundle = true;
            }
        }
        switch (token.word) {
            case Word::pack:
                if (before(1) == Word::double_) set_quantity(2);
                [[fallthrough]];
            case Word::set:
                if (before(1) == Word::number_er) set_quantity(number_);
                if (before(1) == Word::er && before(2) == Word::number) {
                    set_quantity(number_before_);
                }
                if (token.word == Word::set) break;
                [[fallthrough]];
            case Word::pieces:
                if (before(1) == Word::number) set_quantity(number_);
                break;
            case Word::number_pieces:
                set_quantity(token.number);
                break;
            case Word::number_times:
                start_times(token.number);
                break;
            case Word::times:
                if (before(1) == Word::number && times_ == 0) start_times(number_);
                break;
            case Word::lot:
                if (before(1) == Word::bulk) facts_.is_bundle = true;
                break;
            case Word::bundle:
                facts_.is_bundle = true;
                break;
            default:
                break;
        }
    }

    void take_defect(Word word) noexcept {
        switch (word) {
            case Word::parts:
                if (before(1) == Word::for_ && !negated(2)) facts_.parts_only = true;
                break;
            case Word::spares:
            case Word::defect:
                if (!negated(1) && !(before(1) == Word::for_ && negated(2))) {
                    facts_.parts_only = true;
                }
                break;
            case Word::working:
                if (before(1) == Word::not_) facts_.parts_only = true;
                break;
            case Word::not_:
                if (before(1) == Word::works) facts_.parts_only = true;
                break;
            case Word::empty:  // caja vacía, boîte vide
                if (before(1) == Word::box || before(1) == Word::original_box) {
                    facts_.box_only = true;
                }
                break;
            case Word::only:
                if (before(1) == Word::box || before(1) == Word::original_box) {
                    facts_.box_only = true;
                }
                if (before(1) == Word::parts) facts_.parts_only = true;
                break;
            case Word::box:
            case Word::original_box:
                if (before(1) == Word::only || before(1) == Word::empty) facts_.box_only = true;
                break;
            case Word::empty_box:
                facts_.box_only = true;
                break;
            default:
                break;
        }
    }

    void take_condition(Word word) noexcept {
        const Word last = before(1);
        switch (word) {
            case Word::new_:
                if (last == Word::brand) name(Condition::new_);
                if (last == Word::like) name(Condition::like_new);
                break;
            case Word::neu:
                name(last == Word::like ? Condition::like_new : Condition::new_);
                break;
            case Word::new_mark:
                name(Condition::new_);
                break;
            case Word::original_box:
                if (last != Word::with && last != Word::only && last != Word::empty &&
                    !negated(1)) {
                    name(Condition::new_);
                }
                break;
            case Word::sealed:
                sealed_ = true;
                break;
            case Word::sealed_thing:
                sealed_thing_ = true;
                break;
            case Word::as_good_as_new:
                name(Condition::like_new);
                break;
            case Word::box:
                if (last == Word::open) name(Condition::new_other);
                if (last == Word::in && before(2) == Word::new_) name(Condition::new_);
                break;
            case Word::ware:
                if (last == Word::b) name(Condition::new_other);
                break;
            case Word::shown:
                name(Condition::new_other);
                break;
            default:
                take_used_condition(word);
                break;
        }
    }

    void take_used_condition(Word word) noexcept {
        const Word last = before(1);
        switch (word) {
            case Word::refurbished:
                name(last == Word::certified ? Condition::refurb_cert : Condition::refurb_seller);
                break;
            case Word::used:
                if (!negated(1) && last != Word::never) name(Condition::good);
                break;
            case Word::owned:
                if (last == Word::pre) name(Condition::good);
                break;
            case Word::hand:
                if (last == Word::second) name(Condition::good);
                break;
            case Word::good:
                if (last == Word::very) name(Condition::very_good);
                break;
            case Word::state:
                if (last == Word::good && before(2) != Word::very) name(Condition::good);
                break;
            case Word::acceptable:
                name(Condition::acceptable);
                break;
            case Word::description:
                if (is_near(Word::read)) has_reservation_ = true;
                break;
            case Word::read:
                if (is_near(Word::description)) has_reservation_ = true;
                break;
            default:
                break;
        }
    }

    TextFacts& facts_;
    std::uint32_t history_ = 0;                    // the last words, a byte each, the newest lowest
    std::int64_t number_ = 0, number_before_ = 0;  // of the last word and the one before
    std::int64_t storage_ = 0;                     // until the word behind it decides
    std::int64_t times_ = 0;                       // of "4 x", until what follows decides
    bool times_number_ = false;
    bool memory_follows_ = false;
    bool sealed_ = false, sealed_thing_ = false;
    bool has_reservation_ = false;
};

// "x4" in lower case, as the last word or in brackets; elsewhere it is part of a name (BMW X5).
std::int64_t times_suffix(std::string_view original, std::size_t begin, std::size_t end) noexcept {
    if (end - begin < 2 || end - begin > 3 || original[begin] != 'x') return 0;
    std::int64_t number = 0;
    for (std::size_t i = begin + 1; i < end; ++i) {
        if (!is_digit(original[i])) return 0;
        number = number * 10 + (original[i] - '0');
    }
    const bool last = end == original.size();
    const bool bracketed = begin > 0 && original[begin - 1] == '(' && !last && original[end] == ')';
    return last || bracketed ? number : 0;
}

}  // namespace

TextFacts read_words(const TextBuffer& normal, std::string_view raw,
                     const TitleVocabulary& vocabulary) noexcept {
    TextFacts facts;
    const std::string_view text = normal.view();
    const char* bytes = text.data();
    Reader reader(facts);
    std::size_t at = 0;
    while (at < text.size()) {
        if (!word_bytes[static_cast<unsigned char>(bytes[at])]) {
            ++at;
            continue;
        }
        const std::size_t begin = at;
        while (word_bytes[static_cast<unsigned char>(bytes[at])])
            ++at;  // ends at the zeros
        Token token;
        if (is_digit(bytes[begin])) {
            token = read_number(text.substr(begin, at - begin), vocabulary);
            const bool of_two = begin > 0 && bytes[begin - 1] == '/';  // 8/256gb
            const bool storage = token.word == Word::number_storage && of_two;
            if (!storage && is_fraction(text, begin, at)) token = {};
        } else {
            token.word = vocabulary.find(load_key(bytes + begin, at - begin));
            if (token.word == Word::nib) {  // new in box; a pen has a nib
                const bool shouted = raw.find("NIB") != std::string_view::npos;
                token.word = shouted ? Word::new_mark : Word::other;
            } else if (token.word == Word::double_pack) {
                reader.take_times_suffix(2);  // Doppelpack
            } else if (bytes[begin] == 'x' && at - begin > 1) {
                reader.take_times_suffix(times_suffix(text, begin, at));
            }
        }
        reader.take(token);
    }
    reader.finish();
    return facts;
}

TextFacts read_words(std::string_view raw, const TitleVocabulary& vocabulary,
                     DecimalMark mark) noexcept {
    if (raw.empty()) return {};
    TextBuffer normal;
    normalise_text(raw, mark, normal);
    return read_words(normal, raw, vocabulary);
}

Condition worse(Condition a, Condition b) noexcept {
    constexpr std::array<Condition, condition_count> worst_first = {Condition::parts,
                                                                    Condition::acceptable,
                                                                    Condition::new_defects,
                                                                    Condition::good,
                                                                    Condition::refurb_seller,
                                                                    Condition::refurb_good,
                                                                    Condition::refurb_very_good,
                                                                    Condition::very_good,
                                                                    Condition::refurb_excellent,
                                                                    Condition::new_other,
                                                                    Condition::refurb_cert,
                                                                    Condition::like_new,
                                                                    Condition::new_,
                                                                    Condition::unknown};
    for (const Condition condition : worst_first) {
        if (a == condition || b == condition) return condition;
    }
    return Condition::unknown;
}

}  // namespace assay::engine

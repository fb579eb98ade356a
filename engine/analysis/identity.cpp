// Cleans identifiers, holds them to their check digits, repairs what spreadsheets did to them.
// SPDX-License-Identifier: MIT
#include "engine/analysis/identity.hpp"

#include <algorithm>
#include <cassert>

#include "engine/analysis/gs1_prefix.hpp"
#include "engine/analysis/identifier_text.hpp"

namespace assay::engine {
namespace {

void add_once(std::vector<std::string_view>& list, std::string_view word) {
    if (std::find(list.begin(), list.end(), word) == list.end()) list.push_back(word);
}

// 1234567890128 and 4444444444444 pass their checks and are typed by people who have no number.
bool is_placeholder(std::string_view digits) noexcept {
    assert(digits.size() >= 2);
    bool equal = true, counting = true;
    for (std::size_t i = 1; i < digits.size(); ++i) {
        equal = equal && digits[i] == digits[0];
        const bool last = i + 1 == digits.size();  // the check digit breaks the count
        counting = counting && (last || digits[i] - '0' == (digits[i - 1] - '0' + 1) % 10);
    }
    return equal || counting;
}

// One reading of one field.
struct Reading {
    std::array<char, 14> gtin14{};
    std::string_view kind;
    Gs1Prefix prefix;
    bool valid = false;

    std::string_view gtin() const noexcept { return {gtin14.data(), valid ? 14U : 0U}; }
};

std::array<char, 14> pad_to_14(std::string_view digits) noexcept {
    std::array<char, 14> padded;
    padded.fill('0');
    std::copy(digits.begin(), digits.end(),
              padded.begin() + static_cast<std::ptrdiff_t>(14 - digits.size()));
    return padded;
}

int prefix_number(const char* digits) noexcept {
    return (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
}

Reading read_isbn10(std::string_view isbn) noexcept {
    Reading reading;
    std::array<char, 13> digits{'9', '7', '8'};
    std::copy(isbn.begin(), isbn.begin() + 9, digits.begin() + 3);
    digits[12] = gs1_check_digit({digits.data(), 12});
    reading.gtin14 = pad_to_14({digits.data(), digits.size()});
    reading.kind = "isbn_10";
    reading.prefix = gs1_prefix(978);
    reading.valid = true;
    return reading;
}

// Fills one Identity from the fields of one product.
class Identifier {
  public:
    Identifier(const Product& product, Identity& out) : product_(product), out_(out) {}

    void run() {
        const Identifiers& given = product_.identifiers;
        if (given.any_number) add_once(out_.tags, "numeric");
        take_number(given.gtin, Field::gtin);
        take_number(given.ean, Field::ean);
        take_number(given.upc, Field::upc);
        take_number(given.isbn, Field::isbn);
        take_asin(given.asin);
        take_imei(given.imei);
        reconstruct_lossy();
        if (out_.kind.empty()) out_.kind = "none";
    }

  private:
    enum class Field { gtin, ean, upc, isbn };

    Clean clean_field(std::string_view raw) {
        Clean number = clean_identifier(raw);
        if (number.excel_text) add_once(out_.repairs, "excel_text");
        if (number.separators) add_once(out_.repairs, "separators");
        if (number.full_width) add_once(out_.repairs, "full_width_digits");
        return number;
    }

    void take_number(std::string_view raw, Field field) {
        if (raw.empty()) return;
        Clean number = clean_field(raw);
        if (number.size == 0) return;
        if (cut_float_suffix(number)) add_once(out_.repairs, "float_suffix");
        if (number.too_long) return add_once(out_.tags, "length");
        Scientific scientific = read_scientific(number.text());
        if (scientific.found) {
            if (scientific.printed != scientific.length) {
                add_once(out_.tags, "lossy_numeric");
                lossy_ = scientific;
                lossy_isbn_ = field == Field::isbn;
                return;
            }
            add_once(out_.repairs, "scientific_notation");
            std::copy_n(scientific.digits.begin(), scientific.printed, number.bytes.begin());
            number.size = scientific.printed;
        }
        settle(read_digits(number, field));
    }

    Reading read_digits(Clean& number, Field field) {
        const std::string_view text = number.text();
        const bool isbn10_form = text.size() == 10 && all_digits(text.substr(0, 9)) &&
                                 (is_digit(text[9]) || text[9] == 'X');
        if (isbn10_form && has_isbn10_check(text)) {
            if (is_placeholder(text)) return refuse("placeholder");
            return read_isbn10(text);
        }
        if (!all_digits(text)) {
            // A lost zero in front of an ISBN-10 that ends in X.
            if (field == Field::isbn && text.back() == 'X') return read_short_isbn(number);
            return refuse("characters");
        }
        if (text.size() >= 2 && is_placeholder(text)) return refuse("placeholder");
        switch (text.size()) {
            case 6:
                if (field == Field::upc) return refuse("no_check_digit");
                return refuse("length");
            case 7:
                if (field == Field::isbn) return read_short_isbn(number);
                if (field == Field::upc) return read_seven(text);
                return refuse("length");
            case 8:
                if (field == Field::isbn) return read_short_isbn(number);
                return read_eight(text, field);
            case 9:
                if (field == Field::isbn) return read_short_isbn(number);
                return refuse("length");
            case 10:
                return refuse(field == Field::isbn ? "check_digit" : "length");
            case 11:
                return read_eleven(text);
            case 12:
                return read_gtin(text, "upc_a");
            case 13:
                return read_gtin(text, "ean_13");
            case 14:
                return read_gtin(text, "gtin_14");
            default:
                return refuse("length");
        }
    }

    Reading read_gtin(std::string_view digits, std::string_view kind) {
        if (!has_gs1_check(digits)) return refuse("check_digit");
        Reading reading;
        reading.gtin14 = pad_to_14(digits);
        reading.kind = kind;
        reading.prefix = gs1_prefix(prefix_number(reading.gtin14.data() + 1));
        reading.valid = true;
        if (reading.gtin14[0] != '0') add_once(out_.tags, "packaging_level");
        if (reading.prefix.use == Gs1Use::book) {
            const bool music = digits.substr(digits.size() - 13, 4) == "9790";
            if (music) {
                reading.prefix = {"ISMN", Gs1Use::music};
                add_once(out_.tags, "ismn");
            } else if (kind == "ean_13") {
                reading.kind = "isbn_13";
            }
        }
        return reading;
    }

    // GTIN-8 or UPC-E: both when both hold, and then by prefix and by where it is sold.
    Reading read_eight(std::string_view digits, Field field) {
        const bool gtin_8 = has_gs1_check(digits);
        std::array<char, 12> expanded{};
        const bool upc_e =
            (digits[0] == '0' || digits[0] == '1') &&
            (expanded = expand_upc_e(digits.substr(1, 6), digits[0]), expanded[11] == digits[7]);
        if (!gtin_8 && !upc_e) return refuse("check_digit");
        const Gs1Prefix prefix = gs1_prefix_8(prefix_number(digits.data()));
        const bool american = field == Field::upc || sold_in_america();
        if (upc_e && (!gtin_8 || prefix.use == Gs1Use::restricted || american)) {
            if (gtin_8) add_once(out_.tags, "also_gtin_8");
            return read_gtin({expanded.data(), 12}, "upc_e");
        }
        if (upc_e) add_once(out_.tags, "also_upc_e");
        Reading reading;
        reading.gtin14 = pad_to_14(digits);
        reading.kind = "gtin_8";
        reading.prefix = prefix;
        reading.valid = true;
        return reading;
    }

    // A UPC-E whose leading zero a spreadsheet took.
    Reading read_seven(std::string_view digits) {
        const std::array<char, 12> expanded = expand_upc_e(digits.substr(0, 6), '0');
        if (expanded[11] != digits[6]) return refuse("check_digit");
        add_once(out_.repairs, "leading_zero");
        return read_gtin({expanded.data(), 12}, "upc_e");
    }

    Reading read_eleven(std::string_view digits) {
        // A leading zero changes no check digit.
        if (!has_gs1_check(digits)) return refuse("check_digit");
        add_once(out_.repairs, "leading_zero");
        return read_gtin(digits, "upc_a");
    }

    Reading read_short_isbn(const Clean& number) {
        const std::string_view text = number.text();
        if (text.size() < 7 || text.size() > 9 || !all_digits(text.substr(0, text.size() - 1))) {
            return refuse("characters");
        }
        std::array<char, 10> padded;
        padded.fill('0');
        std::copy(text.begin(), text.end(),
                  padded.begin() + static_cast<std::ptrdiff_t>(10 - text.size()));
        const std::string_view isbn(padded.data(), padded.size());
        if (!has_isbn10_check(isbn)) return refuse("check_digit");
        add_once(out_.repairs, "leading_zero");
        return read_isbn10(isbn);
    }

    bool sold_in_america() const noexcept {
        const std::string_view marketplace = product_.market.marketplace;
        if (!marketplace.empty()) return marketplace.ends_with("_US");
        return product_.currency.code() == "USD";
    }

    Reading refuse(std::string_view tag) {
        add_once(out_.tags, tag);
        return {};
    }

    // Takes a reading into the identity, or finds that it contradicts what is there.
    void settle(const Reading& reading) {
        if (!reading.valid) return;
        const Gs1Use use = reading.prefix.use;
        const bool foreign =
            use == Gs1Use::coupon || use == Gs1Use::receipt || use == Gs1Use::reserved;
        if (foreign) add_once(out_.tags, "not_a_product");
        if (use == Gs1Use::restricted) add_once(out_.tags, "restricted_circulation");
        const bool usable = !foreign && use != Gs1Use::restricted;
        if (usable && out_.gtin_usable && out_.gtin14 != reading.gtin()) return conflict();
        if (!usable && !out_.gtin14.empty()) return;
        const bool first = !out_.gtin_usable;
        out_.gtin14.assign(reading.gtin());
        if (first) {
            out_.kind = reading.kind;
            out_.issuer = reading.prefix.issuer;
        }
        if (!usable) return;
        out_.gtin_usable = true;
        out_.valid = true;
        if (use == Gs1Use::book && reading.gtin14[0] == '0') {
            out_.isbn13.assign(reading.gtin().substr(1));
        }
    }

    void conflict() { add_once(out_.conflicts, "identifier_conflict"); }

    void take_asin(std::string_view raw) {
        if (raw.empty()) return;
        const Clean number = clean_field(raw);
        const std::string_view text = number.text();
        if (text.empty()) return;
        if (number.foreign || number.too_long) return add_once(out_.tags, "characters");
        if (text.size() != 10) return add_once(out_.tags, "length");
        const bool book = all_digits(text.substr(0, 9)) && (is_digit(text[9]) || text[9] == 'X');
        const bool plain = std::all_of(
            text.begin(), text.end(), [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); });
        if (!book && (text[0] != 'B' || !plain)) return add_once(out_.tags, "characters");
        const std::string_view tail = text.substr(2);
        if (std::all_of(tail.begin(), tail.end(), [&](char c) { return c == tail[0]; })) {
            return add_once(out_.tags, "placeholder");
        }
        if (book && !has_isbn10_check(text)) return add_once(out_.tags, "check_digit");
        out_.asin.assign(text);
        const bool first = !out_.valid;
        if (book) settle(read_isbn10(text));
        out_.valid = true;
        if (first) out_.kind = "asin";
    }

    void take_imei(std::string_view raw) {
        if (raw.empty()) return;
        const Clean number = clean_field(raw);
        const std::string_view text = number.text();
        if (text.empty()) return;
        if (number.too_long || !all_digits(text)) return add_once(out_.tags, "characters");
        if (text.size() != 15 && text.size() != 16) return add_once(out_.tags, "length");
        if (is_placeholder(text) || text.substr(8, 6) == "000000") {
            return add_once(out_.tags, "placeholder");
        }
        if (text.size() == 15) {
            if (!has_luhn_check(text)) return add_once(out_.tags, "check_digit");
            out_.imei.assign(text);
        } else {
            // IMEISV: the software version stands where the check digit was; nothing to check.
            take_imeisv(text);
            return add_once(out_.tags, "no_check_digit");
        }
        const bool first = !out_.valid;
        out_.valid = true;
        if (first) out_.kind = "imei";
    }

    void take_imeisv(std::string_view text) {
        out_.imei.assign(text.substr(0, 14));
        out_.imei.push_back('0');
        while (!has_luhn_check(out_.imei))
            ++out_.imei.back();
        add_once(out_.repairs, "imeisv");
    }

    // A number that lost its last digits is usable where another identifier has them all: then it
    // confirms that one. Otherwise it contradicts it.
    void reconstruct_lossy() {
        if (!lossy_.found || !out_.gtin_usable) return;
        std::string_view whole = out_.gtin14;
        const std::size_t leading = whole.find_first_not_of('0');
        whole.remove_prefix(std::min(leading, whole.size()));
        if (lossy_isbn_ && lossy_.length == 13 && !out_.isbn13.empty()) whole = out_.isbn13;
        if (whole.size() == lossy_.length && agrees(whole)) {
            add_once(out_.repairs, "reconstructed");
        } else {
            conflict();
        }
    }

    // Whether `whole` printed with as many digits as were printed gives those digits.
    bool agrees(std::string_view whole) const noexcept {
        const auto number = [](std::string_view digits) {
            std::uint64_t value = 0;
            for (const char c : digits)
                value = value * 10 + static_cast<std::uint64_t>(c - '0');
            return value;
        };
        const std::string_view printed(lossy_.digits.data(), lossy_.printed);
        if (printed.size() > whole.size()) return false;
        const std::uint64_t cut = number(whole.substr(0, printed.size()));
        const bool up = printed.size() < whole.size() && whole[printed.size()] >= '5';
        return number(printed) == cut + (up ? 1 : 0);
    }

    const Product& product_;
    Identity& out_;
    Scientific lossy_;
    bool lossy_isbn_ = false;
};

}  // namespace

void Identity::clear() {
    gtin14.clear();
    gtin_usable = false;
    isbn13.clear();
    asin.clear();
    imei.clear();
    kind = {};
    valid = false;
    issuer = {};
    repairs.clear();
    conflicts.clear();
    tags.clear();
}

void identify(const Product& product, Identity& out) {
    out.clear();
    Identifier(product, out).run();
    assert(out.gtin14.empty() || out.gtin14.size() == 14);
}

void explain_identity(const Identity& identity, EvidenceList& out) {
    if (identity.valid) out.add("identity", "identifiers", "check_digit").detail += identity.kind;
    for (const std::string_view repair : identity.repairs) {
        out.add("identity", "repair", repair);
    }
    for (const std::string_view tag : identity.tags)
        out.add("identity", "fault", tag);
    for (const std::string_view conflict : identity.conflicts) {
        out.add("identity", "conflict", conflict);
    }
}

}  // namespace assay::engine

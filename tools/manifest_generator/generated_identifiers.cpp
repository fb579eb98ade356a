// Rates as measured on the Open Food Facts codes of June 2019 (see each constant).
// SPDX-License-Identifier: MIT
#include "tools/manifest_generator/generated_identifiers.hpp"

#include <algorithm>

namespace assay::tools {
namespace {

// Share of codes whose check digit holds, by length.
constexpr double valid_13 = 0.9967, valid_14 = 0.509, valid_8 = 0.9297;
// Of 13-digit codes: issued by a shop for itself, in 2xx or 02x.
constexpr double restricted_2xx = 0.051, restricted_02x = 0.028;
// How often a product carries which code. (Ours: the source knows no shares of kinds.)
constexpr double none_share = 0.10, asin_share = 0.20;
constexpr double ean_until = 0.70, upc_until = 0.84, short_until = 0.88, gtin_until = 0.91,
                 truncated_until = 0.95, zeros_lost_until = 0.98;

void append_digits(SeededRandom& random, std::size_t count, std::string& out) {
    std::uint64_t number = random.next_u64();
    for (std::size_t i = 0; i < count; ++i, number /= 10)
        out += static_cast<char>('0' + number % 10);
}

// `out` with its check digit, or with another digit in its place.
void finish(SeededRandom& random, double valid_share, std::string& out) {
    char check = gs1_check_digit(out);
    if (random.next_unit() >= valid_share)
        check = check == '9' ? '0' : static_cast<char>(check + 1);
    out += check;
}

void append_ean(SeededRandom& random, double valid_share, std::string& out) {
    static constexpr std::string_view prefixes[] = {"400", "401", "405", "500", "506", "301",
                                                    "841", "802", "871", "690", "471", "761"};
    const double kind = random.next_unit();
    if (kind < restricted_2xx) {
        out += "2";
        append_digits(random, 2, out);
    } else if (kind < restricted_2xx + restricted_02x) {
        out += "02";
        append_digits(random, 1, out);
    } else {
        out += prefixes[random.next_u64() % std::size(prefixes)];
    }
    append_digits(random, 9, out);
    finish(random, valid_share, out);
}

void append_upc(SeededRandom& random, std::string& out) {
    out += random.next_unit() < 0.7 ? "0" : "8";
    append_digits(random, 10, out);
    finish(random, valid_13, out);
}

void generate_asin(SeededRandom& random, std::string& out) {
    static constexpr std::string_view letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    out.assign(1, 'B');
    out += '0';
    std::uint64_t number = random.next_u64();
    for (int i = 0; i < 8; ++i, number /= letters.size())
        out += letters[number % letters.size()];
}

// ISBN-10 or -13; one in six has lost its leading zero to a spreadsheet, as in goodbooks-10k.
void generate_isbn(SeededRandom& random, std::string& out) {
    if (random.next_unit() < 0.5) {
        out.append("978");
        append_digits(random, 9, out);
        finish(random, valid_13, out);
        return;
    }
    out += '0';
    append_digits(random, 8, out);
    unsigned sum = 0;
    for (unsigned i = 0; i < 9; ++i)
        sum += (10 - i) * static_cast<unsigned>(out[i] - '0');
    const unsigned check = (11 - sum % 11) % 11;
    out += check == 10 ? 'X' : static_cast<char>('0' + check);
    if (random.next_unit() < 1.0 / 6) out.erase(0, 1);
}

}  // namespace

char gs1_check_digit(std::string_view digits) noexcept {
    unsigned sum = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const auto digit = static_cast<unsigned>(digits[digits.size() - 1 - i] - '0');
        sum += digit * (i % 2 == 0 ? 3 : 1);
    }
    return static_cast<char>('0' + (10 - sum % 10) % 10);
}

void generate_identifiers(SeededRandom& random, bool is_book, GeneratedProduct& out) {
    for (std::string* id : {&out.gtin, &out.upc, &out.ean, &out.isbn, &out.asin})
        id->clear();
    if (random.next_unit() < none_share) return;
    if (random.next_unit() < asin_share) generate_asin(random, out.asin);
    if (is_book) return generate_isbn(random, out.isbn);
    const double kind = random.next_unit();
    if (kind < ean_until) {
        append_ean(random, valid_13, out.ean);
    } else if (kind < upc_until) {
        append_upc(random, out.upc);
    } else if (kind < short_until) {
        append_digits(random, 7, out.gtin);
        finish(random, valid_8, out.gtin);
    } else if (kind < gtin_until) {
        out.gtin += '1';
        append_digits(random, 12, out.gtin);
        finish(random, valid_14, out.gtin);
    } else if (kind < truncated_until) {
        append_ean(random, 1.0, out.ean);  // an EAN cut to 12 digits, which passes for a UPC
        out.ean.pop_back();
    } else if (kind < zeros_lost_until) {
        append_upc(random, out.upc);
        out.upc.erase(0, std::min(out.upc.find_first_not_of('0'), std::size_t{1}));
    } else {
        append_ean(random, 1.0, out.ean);  // as a spreadsheet shows a number: digits are lost
        out.ean.resize(6);
        out.ean.insert(1, 1, '.');
        out.ean.append("E+12");
    }
}

}  // namespace assay::tools

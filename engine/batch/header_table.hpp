// The vocabulary of manifests' headers: which words name which field, in four languages. Private
// to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/batch/header_words.hpp"
#include "engine/batch/table_field.hpp"

namespace assay::engine {

// How a header was recognised, surest first.
enum class HeaderMatch : std::uint8_t { own_name, synonym, words, part, similar, partly };

struct HeaderGuess {
    std::optional<CsvField> field;  // none: a header known to be no field of a product
    int tier = 0;                   // of two columns for one field, the lower one wins
    HeaderMatch how = HeaderMatch::synonym;
    double confidence = 0;
    std::string like;  // the listed header that it resembles, as it is listed
};

// Immutable once parsed; any number of threads may ask it.
class HeaderTable {
  public:
    // `json`: data/columns/headers.json. Errors: invalid_json, invalid_input with the place.
    static Result<HeaderTable> parse(std::string_view json);
    // The one that travels inside the program.
    static const HeaderTable& embedded();

    // nullopt: not understood. `also_similar` false: only headers whose words are all known.
    std::optional<HeaderGuess> guess(std::string_view header, bool also_similar = true) const;

    // Listed headers whose words mean the same but which name different fields: their words decide
    // nothing. For the test of the data file.
    const std::vector<std::string>& conflicts() const noexcept { return conflicts_; }

  private:
    static constexpr std::size_t similar_length_min = 6;  // "qtx" is not "qty"

    struct Entry {
        std::optional<CsvField> field;
        int tier = 0;
        std::string text;        // as listed
        bool ambiguous = false;  // of a bag
        bool pure = true;        // its bag holds all words of the header
    };
    // The meanings of a header's words, sorted, each once; empty: they say too little.
    using Bag = std::vector<std::string>;

    void add(std::optional<CsvField> field, int tier, std::string_view text);
    void add_bag(const Entry& entry);
    Bag bag_of(std::string_view header) const;
    bool says_something(const Bag& bag) const;
    static bool says_text(const Bag& bag);
    static bool says_code(const Bag& bag);
    const Entry* find_bag(const Bag& bag) const;
    const Entry* find_without_qualifiers(const Bag& bag) const;
    std::optional<HeaderGuess> guess_whole(std::string_view header) const;
    std::optional<HeaderGuess> guess_total(Bag bag) const;
    std::optional<HeaderGuess> guess_code(std::string_view header) const;
    std::optional<HeaderGuess> guess_parts(std::string_view header) const;
    void put_word(std::string_view word, std::vector<std::string>& bag) const;
    bool is_known(const std::string& word) const;
    const std::string* nearly(const std::string& word) const;
    std::optional<HeaderGuess> names_code(const Bag& bag) const;
    std::optional<HeaderGuess> guess_partly(std::string_view header) const;
    bool split_compound(std::string_view word, std::vector<std::string>& parts) const;
    const Entry* most_similar(std::string_view normalised, double& similarity) const;

    std::unordered_map<std::string, std::string> words_;  // "menge" -> "quantity"; "" for fillers
    std::unordered_set<std::string> generic_;             // say nothing alone: "number", "code"
    std::unordered_set<std::string> qualifiers_;          // may be left out: "current", "name"
    std::unordered_set<std::string> nouns_;               // the product itself: "item", "artikel"
    std::unordered_set<std::string> vetoes_;  // a header with one of them, not understood as a
                                              // whole, is no field: "date", "fee"
    std::vector<Entry> entries_;
    std::vector<std::string> normalised_;  // of each entry
    std::unordered_map<std::string, std::size_t> exact_;
    std::unordered_map<std::string, Entry> bags_;
    std::unordered_set<std::string> vocabulary_;  // every word of a bag
    std::unordered_set<std::string> strong_;      // those that mean something alone: "sku"
    std::vector<std::string> conflicts_;
};

}  // namespace assay::engine

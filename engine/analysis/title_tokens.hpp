// The tokens of a title in normal form: words, numbers, measures, and what looks like a model.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::engine {

enum class TokenKind : std::uint8_t {
    word,
    number,   // 7, 2.5, and what names a version as a number does: xp2, cs3
    measure,  // 64gb, 14in, 1080p
    part,     // a number of five digits and more, which may name a product: 966193-0403
    model,    // at least four characters, letters and digits, and no measure: wh-1000xm4
};

// `text` as the title has it, "wh-1000xm4"; `key` without what it is joined by, "wh1000xm4". Both
// live as long as the list.
struct TitleToken {
    std::string_view text, key;
    TokenKind kind = TokenKind::word;
};

// A list that keeps its memory when it is filled again.
class TokenList {
  public:
    // `normal`: from normalise_text(); outlives what is read of the list. A model token is followed
    // by its parts, which the same thing may go by elsewhere: wh, 1000xm4. At most tokens_max.
    void read(std::string_view normal);
    const std::vector<TitleToken>& tokens() const noexcept { return tokens_; }
    // The pieces between all separators, in order: "black/silver" are two. For phrases.
    const std::vector<std::string_view>& atoms() const noexcept { return atoms_; }
    void clear() noexcept;

    static constexpr std::size_t tokens_max = 96;  // more words make a text, not a title

  private:
    void add(std::string_view text, std::string_view key, TokenKind kind);
    void add_joined(std::string_view text, std::size_t first_atom);

    std::vector<TitleToken> tokens_;
    std::vector<std::string_view> atoms_;
    std::string keys_;  // of joined tokens; reserved once, so that views into it stay
};

}  // namespace assay::engine

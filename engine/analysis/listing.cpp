// Each kind of defect in turn; the score is what they leave of a hundred.
// SPDX-License-Identifier: MIT
#include "engine/analysis/listing.hpp"

#include <algorithm>

#include "engine/base/ascii.hpp"
#include "engine/base/hash.hpp"

namespace assay::engine {
namespace {

std::int64_t code_points(std::string_view text) noexcept {
    return std::count_if(text.begin(), text.end(),
                         [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

// Letters in capitals only, where there are enough of them to be words and not a model number.
bool is_all_caps(std::string_view text) noexcept {
    constexpr std::ptrdiff_t letters_min = 12;
    const auto letters = std::count_if(text.begin(), text.end(), is_letter);
    const auto small = std::count_if(text.begin(), text.end(),
                                     [](char c) { return is_letter(c) && c == to_lower(c); });
    return letters >= letters_min && small == 0;
}

// A tag such as <br> or </p>, not a comparison.
bool has_html(std::string_view text) noexcept {
    for (std::size_t at = text.find('<'); at != std::string_view::npos;
         at = text.find('<', at + 1)) {
        std::size_t next = at + 1;
        if (next < text.size() && text[next] == '/') ++next;
        const bool names = next < text.size() && is_letter(text[next]);
        if (names && text.find('>', next) != std::string_view::npos) return true;
    }
    return false;
}

class Judge {
  public:
    Judge(const Product& product, const Identity& identity, const ListingRules& rules,
          const ListingLimits& limits, ListingScratch& scratch, Listing& out)
        : product_(product),
          identity_(identity),
          rules_(rules),
          limits_(limits),
          scratch_(scratch),
          out_(out) {}

    void judge_title();
    void judge_identifiers();
    void judge_images();
    void judge_details();

  private:
    void add(Defect defect, std::optional<std::int64_t> value = std::nullopt,
             std::optional<std::int64_t> limit = std::nullopt) {
        out_.defects.push_back({defect, value, limit});
    }
    void judge_words();

    const Product& product_;
    const Identity& identity_;
    const ListingRules& rules_;
    const ListingLimits& limits_;
    ListingScratch& scratch_;
    Listing& out_;
};

void Judge::judge_title() {
    const std::string_view title = product_.title;
    const std::int64_t length = code_points(title);
    if (length > limits_.title_max) add(Defect::title_too_long, length, limits_.title_max);
    if (length < limits_.title_good) add(Defect::title_too_short, length, limits_.title_good);
    if (is_all_caps(title)) add(Defect::all_caps);
    std::int64_t phrases = 0;
    const std::string_view folded = fold_text(title, scratch_.text);
    rules_.promo_phrases.find_all(folded, [&](std::uint16_t, std::string_view) { ++phrases; });
    if (phrases > 0) add(Defect::promo_phrase, phrases, 0);
    const auto forbidden = std::count_if(
        limits_.forbidden.begin(), limits_.forbidden.end(),
        [&](const std::string& c) { return title.find(c) != std::string_view::npos; });
    if (forbidden > 0) add(Defect::forbidden_char, forbidden, 0);
    if (limits_.repeats_max > 0) judge_words();
    if (product_.brand.empty()) return;
    std::string brand(product_.brand.size(), '\0');
    fold_text(product_.brand, brand.data());
    if (folded.find(brand) == std::string_view::npos) add(Defect::brand_missing_from_title);
}

// The word that comes most often, stop words left out.
void Judge::judge_words() {
    const std::string_view text = scratch_.text;  // the folded title
    scratch_.words.clear();
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t start = i;
        while (i < text.size() && PhraseIndex::is_word(text[i]))
            ++i;
        const std::string_view word = text.substr(start, i - start);
        if (word.empty())
            ++i;
        else if (!rules_.stop_words.find_first(word))
            scratch_.words.push_back(hash64(word));
    }
    std::sort(scratch_.words.begin(), scratch_.words.end());
    std::int64_t most = 0, run = 0;
    for (std::size_t i = 0; i < scratch_.words.size(); ++i) {
        run = i > 0 && scratch_.words[i] == scratch_.words[i - 1] ? run + 1 : 1;
        most = std::max(most, run);
    }
    if (most > limits_.repeats_max) add(Defect::repeated_word, most, limits_.repeats_max);
}

void Judge::judge_identifiers() {
    const Identifiers& given = product_.identifiers;
    const bool any = !given.gtin.empty() || !given.upc.empty() || !given.ean.empty() ||
                     !given.isbn.empty() || !given.asin.empty() || !product_.mpn.empty();
    if (!any)
        add(Defect::no_identifier);
    else if (!identity_.valid && product_.mpn.empty())
        add(Defect::invalid_identifier);
}

void Judge::judge_images() {
    const std::int64_t count = product_.image_count;
    if (count < limits_.images_needed)
        add(Defect::too_few_images, count, limits_.images_needed);
    else if (count < limits_.images_good)
        add(Defect::too_few_images, count, limits_.images_good);
    scratch_.urls.clear();
    for (const Image& image : product_.images)
        scratch_.urls.push_back(image.url);
    std::sort(scratch_.urls.begin(), scratch_.urls.end());
    const auto end = std::unique(scratch_.urls.begin(), scratch_.urls.end());
    if (const auto repeated = scratch_.urls.end() - end; repeated > 0)
        add(Defect::duplicate_image_url, repeated, 0);
}

void Judge::judge_details() {
    if (trim(product_.description).empty())
        add(Defect::no_description);
    else if (has_html(product_.description))
        add(Defect::html_in_description);
    if (product_.condition == Condition::unknown) add(Defect::missing_condition);
    if (limits_.measures && (!product_.weight_grams || !product_.dimensions_mm))
        add(Defect::missing_dims_weight);
}

// The platform that a name means; "any" where no channel answers to it.
std::string_view platform_of(const Product& product, const Tables& tables) noexcept {
    const Market& market = product.market;
    for (const std::string_view name : {market.channel, market.marketplace}) {
        const Channel* channel = name.empty() ? nullptr : tables.find_channel(name);
        if (channel != nullptr) return channel->platform;
    }
    return "any";
}

}  // namespace

void Listing::clear() {
    judged = false;
    score = 0;
    at = {};
    defects.clear();
}

bool is_listing(const Product& product) noexcept {
    const bool placed = !product.market.channel.empty() || !product.market.marketplace.empty();
    const bool shown = product.image_count > 0 || !product.description.empty();
    return placed && shown && !product.title.empty();
}

void judge_listing(const Product& product, const Identity& identity, const Tables& tables,
                   ListingScratch& scratch, Listing& out) {
    out.clear();
    if (!is_listing(product)) return;
    out.judged = true;
    const ListingLimits& limits = tables.listings.limits_of(platform_of(product, tables));
    out.at = limits.platform;
    Judge judge(product, identity, tables.listings, limits, scratch, out);
    judge.judge_title();
    judge.judge_identifiers();
    judge.judge_images();
    judge.judge_details();
    out.score = 100;
    for (const ListingDefect& found : out.defects)
        out.score -= tables.listings.costs[static_cast<std::size_t>(found.defect)];
    out.score = std::max(out.score, 0);
}

}  // namespace assay::engine

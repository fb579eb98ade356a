// Tests of the condition ladder's words.
// SPDX-License-Identifier: MIT
#include "engine/batch/condition.hpp"

#include <gtest/gtest.h>

namespace assay::engine {
namespace {

TEST(Condition, EveryNameReadsBack) {
    for (std::size_t i = 0; i < condition_count; ++i) {
        const auto condition = static_cast<Condition>(i);
        EXPECT_EQ(parse_condition(to_string(condition)), condition) << to_string(condition);
    }
}

TEST(Condition, KnowsEbaysIds) {
    const std::pair<std::string_view, Condition> ids[] = {{"1000", Condition::new_},
                                                          {"1500", Condition::new_other},
                                                          {"1750", Condition::new_defects},
                                                          {"2000", Condition::refurb_cert},
                                                          {"2010", Condition::refurb_excellent},
                                                          {"2020", Condition::refurb_very_good},
                                                          {"2030", Condition::refurb_good},
                                                          {"2500", Condition::refurb_seller},
                                                          {"2750", Condition::like_new},
                                                          {"3000", Condition::good},
                                                          {"4000", Condition::very_good},
                                                          {"5000", Condition::good},
                                                          {"6000", Condition::acceptable},
                                                          {"7000", Condition::parts}};
    for (const auto& [id, condition] : ids)
        EXPECT_EQ(parse_condition(id), condition) << id;
}

TEST(Condition, KnowsWordsWhateverTheirSpelling) {
    const std::pair<std::string_view, Condition> words[] = {
        {"NEW", Condition::new_},
        {"Brand New", Condition::new_},
        {"Open-Box", Condition::new_other},
        {" Used - Very Good ", Condition::very_good},
        {"used", Condition::good},
        {"Grade A", Condition::like_new},
        {"A+", Condition::like_new},
        {"b", Condition::very_good},
        {"C", Condition::good},
        {"D", Condition::acceptable},
        {"E", Condition::parts},
        {"Neu (OVP)", Condition::new_},
        {"wie neu", Condition::like_new},
        {"Sehr gut", Condition::very_good},
        {"Gebraucht", Condition::good},
        {"General\xc3\xbc"
         "berholt",
         Condition::refurb_seller},
        {"B-Ware", Condition::like_new},
        {"Vorf\xc3\xbchrger\xc3\xa4t", Condition::like_new},
        {"Besch\xc3\xa4"
         "digt",
         Condition::acceptable},
        {"defekt", Condition::parts},
        {"F\xc3\xbcr Bastler", Condition::parts},
        {"Customer Returns", Condition::good},
        {"Customer Damage", Condition::acceptable},
        {"Defective", Condition::parts},
        {"Shelf Pulls", Condition::new_other},
        {"Nuevo", Condition::new_},
        {"Como nuevo", Condition::like_new},
        {"Reacondicionado", Condition::refurb_seller},
        {"Para despiece", Condition::parts},
        {"Neuf", Condition::new_},
        {"Tr\xc3\xa8s bon \xc3\xa9tat", Condition::very_good},
        {"D'occasion", Condition::good},
        {"Reconditionn\xc3\xa9", Condition::refurb_seller},
        {"D\xc3\xa9"
         "fectueux",
         Condition::parts},
        {"Da\xc3\xb1"
         "ado",
         Condition::acceptable}};
    for (const auto& [word, condition] : words)
        EXPECT_EQ(parse_condition(word), condition) << word;
}

TEST(Condition, DoesNotGuess) {
    for (const std::string_view text :
         {"", "  ", "whatever", "newish", "99999", "F",
          "a very long text that goes on and on and on until no alias could be as long as it is",
          "+++++++++++++++++++++++++++++++++++++++++++++"})
        EXPECT_EQ(parse_condition(text), std::nullopt) << text;
}

}  // namespace
}  // namespace assay::engine

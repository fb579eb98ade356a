// What title and notes say about lot, bundle, defects and condition, in four languages.
// SPDX-License-Identifier: MIT
#include "engine/analysis/attributes.hpp"

#include <gtest/gtest.h>

#include "engine/analysis/title_words.hpp"

namespace assay::engine {
namespace {

std::int64_t lot_of(std::string_view title) {
    return read_title(title, shipped_vocabulary()).lot_quantity;
}

TEST(TitleWords, QuantitiesAreRead) {
    for (const char* title : {"Lot of 4 controllers",
                              "SET OF 4 mugs",
                              "AA batteries 4 pack",
                              "AA 4-Pack",
                              "4pk AA",
                              "4 pcs screws",
                              "4pcs",
                              "4x AA battery",
                              "4 x AA battery",
                              "AA battery (x4)",
                              "AA x4",
                              "4er Set Tassen",
                              "4er-Set Tassen",
                              "4 er Set Tassen",
                              "Tassen 4 St\xC3\xBC"
                              "ck",
                              "TASSEN 4 ST\xC3\x9C"
                              "CK",
                              "Tassen 4 Stueck",
                              "Tassen 4 Stk.",
                              "Pack of 4",
                              "Box of 4 mugs",
                              "case of 4",
                              "4x50ml cream",
                              "4 x 50 ml cream",
                              "4\xC3\x97"
                              "50 ml",
                              "4er Pack Socken"}) {
        EXPECT_EQ(lot_of(title), 4) << title;
    }
    EXPECT_EQ(lot_of("Batterien im Doppelpack"), 2);
    EXPECT_EQ(lot_of("Twin pack razors"), 2);
    EXPECT_EQ(lot_of("Schrauben 100 Stk"), 100);
}

TEST(TitleWords, NumbersThatAreNoQuantityAreLeftAlone) {
    for (const char* title : {"Poster 20x30 cm",
                              "Poster 20 x 30 cm",
                              "Box 20 x 30 x 40 cm",
                              "1920 x 1080 monitor",
                              "Monitor 1920x1080",
                              "Camera 10x zoom",
                              "Camera 10x optical zoom",
                              "iPhone X 64GB",
                              "BMW X5 model car",
                              "Samsung Galaxy S10",
                              "64 GB USB stick",
                              "4-piece rattan sofa set",
                              "1200-piece construction brick set",
                              "Model 1:18 pack",
                              "Size 2.5 pack",
                              "Lot of fun",
                              "PlayStation 4 console",
                              "Binoculars 10x42",
                              "5000 pcs",
                              "1 pack",
                              "0 pcs",
                              "99999999999 pcs",
                              "10-inch Android tablet 64GB",
                              "Cordless Drill 18V with 2 batteries"}) {
        EXPECT_EQ(lot_of(title), 1) << title;
    }
}

TEST(TitleWords, BundlesAreKnownByTheirWords) {
    for (const char* title : {"Nintendo Switch BUNDLE", "Lego Konvolut 5 kg", "Job lot games",
                              "joblot of DVDs", "huge lot Pokemon cards", "Lot of Pokemon cards",
                              "\xE2\x80\x9E"
                              "Bundle\xE2\x80\x9C Switch"}) {
        EXPECT_TRUE(read_title(title, shipped_vocabulary()).is_bundle) << title;
    }
    for (const char* title : {"Salem's Lot", "a lot of fun board game", "parking lot toy",
                              "Lot of 4 controllers", "unbundled"}) {
        EXPECT_FALSE(read_title(title, shipped_vocabulary()).is_bundle) << title;
    }
}

TEST(TitleWords, DefectsAreKnownByTheirWords) {
    for (const char* title :
         {"iPhone 8 for parts", "iPhone FOR PARTS OR REPAIR", "iPhone not working", "non working",
          "TV spares or repair", "Kamera defekt", "Kamera DEFEKTE Linse", "defective",
          "faulty unit", "Bastler Konvolut", "an Bastler", "Bastlerware",
          "Ersatzteilspender Notebook", "funktioniert nicht", "parts only", "als Ersatzteile"}) {
        EXPECT_TRUE(read_title(title, shipped_vocabulary()).parts_only) << title;
    }
    for (const char* title : {"fully working", "nicht defekt", "not for parts", "Lego spare wheel",
                              "no defects", "working condition", "body parts model",
                              "keine defekte", "not defective", "ohne Defekt"}) {
        EXPECT_FALSE(read_title(title, shipped_vocabulary()).parts_only) << title;
    }
}

TEST(TitleWords, EmptyBoxesAreKnownByTheirWords) {
    for (const char* title : {"iPhone 12 BOX ONLY", "Rolex empty box", "nur OVP", "Nur Karton",
                              "leere OVP", "Leerkarton PS5", "Switch only box"}) {
        EXPECT_TRUE(read_title(title, shipped_vocabulary()).box_only) << title;
    }
    for (const char* title : {"with box", "in OVP", "Xbox only", "box set", "only 2 left"}) {
        EXPECT_FALSE(read_title(title, shipped_vocabulary()).box_only) << title;
    }
}

TEST(TitleWords, ConditionsAreRead) {
    const auto condition = [](std::string_view text) {
        return read_words(text, shipped_vocabulary()).condition;
    };
    EXPECT_EQ(condition("Brand new Sony"), Condition::new_);
    EXPECT_EQ(condition("Lego NEU & OVP"), Condition::new_);
    EXPECT_EQ(condition("factory sealed game"), Condition::new_);
    EXPECT_EQ(condition("new in box"), Condition::new_);
    EXPECT_EQ(condition("Lamy NIB"), Condition::new_);
    EXPECT_EQ(condition("dress NWT"), Condition::new_);
    EXPECT_EQ(condition("open box laptop"), Condition::new_other);
    EXPECT_EQ(condition("Laptop B-Ware"), Condition::new_other);
    EXPECT_EQ(condition("Vorf\xC3\xBChrer"), Condition::new_other);
    EXPECT_EQ(condition("VORF\xC3\x9CHRGER\xC3\x84T"), Condition::new_other);
    EXPECT_EQ(condition("Notebook refurbished"), Condition::refurb_seller);
    EXPECT_EQ(condition("certified refurbished"), Condition::refurb_cert);
    EXPECT_EQ(condition("general\xC3\xBC"
                        "berholt"),
              Condition::refurb_seller);
    EXPECT_EQ(condition("general\xC3\xBC"
                        "berholtes Notebook"),
              Condition::refurb_seller);
    EXPECT_EQ(condition("like new"), Condition::like_new);
    EXPECT_EQ(condition("wie neu"), Condition::like_new);
    EXPECT_EQ(condition("neuwertig"), Condition::like_new);
    EXPECT_EQ(condition("sehr guter Zustand"), Condition::very_good);
    EXPECT_EQ(condition("very good condition"), Condition::very_good);
    EXPECT_EQ(condition("guter Zustand"), Condition::good);
    EXPECT_EQ(condition("gebraucht, mit OVP"), Condition::good);
    EXPECT_EQ(condition("pre-owned"), Condition::good);
    EXPECT_EQ(condition("used, not working"), Condition::parts);
    EXPECT_EQ(condition("neu, aber defekt"), Condition::parts) << "the worst word counts";
}

TEST(TitleWords, SpanishAndFrenchAreReadToo) {
    const auto facts = [](std::string_view text) { return read_words(text, shipped_vocabulary()); };
    for (const char* title :
         {"Lote de 4 tazas", "Pack de 4 pilas", "Caja de 4 copas", "Tazas 4 unidades",
          "Lot de 4 tasses", "Paquet de 4 piles", "Ensemble de 4 verres"}) {
        EXPECT_EQ(lot_of(title), 4) << title;
        EXPECT_FALSE(facts(title).is_bundle) << title;
    }
    for (const char* title : {"Lote de cartas Pokemon", "Lot de cartes Pokemon"})
        EXPECT_TRUE(facts(title).is_bundle) << title;
    for (const char* title :
         {"iPhone 8 para piezas", "TV no funciona", "Portátil AVERIADO", "iPhone pour pièces",
          "TV ne fonctionne pas", "Appareil défectueux"}) {
        EXPECT_TRUE(facts(title).parts_only) << title;
    }
    for (const char* title : {"Sólo caja iPhone", "Caja vacía PS5", "Boîte seulement iPhone"})
        EXPECT_TRUE(facts(title).box_only) << title;
    EXPECT_EQ(facts("Lego Nuevo").condition, Condition::new_);
    EXPECT_EQ(facts("Juego precintado").condition, Condition::new_);
    EXPECT_EQ(facts("Jeu neuf").condition, Condition::new_);
    EXPECT_EQ(facts("como nuevo").condition, Condition::like_new);
    EXPECT_EQ(facts("comme neuf").condition, Condition::like_new);
    EXPECT_EQ(facts("Portátil reacondicionado").condition, Condition::refurb_seller);
    EXPECT_EQ(facts("PC reconditionné").condition, Condition::refurb_seller);
    EXPECT_EQ(facts("muy buen estado").condition, Condition::very_good);
    EXPECT_EQ(facts("très bon état").condition, Condition::very_good);
    EXPECT_EQ(facts("buen estado").condition, Condition::good);
    EXPECT_EQ(facts("bon état").condition, Condition::good);
    EXPECT_EQ(facts("Libro usado").condition, Condition::good);
    EXPECT_EQ(facts("de segunda mano").condition, Condition::good);
    EXPECT_EQ(facts("Vélo d'occasion").condition, Condition::good);
}

TEST(TitleWords, WordsOfOneLanguageAreNoneOfAnother) {
    const auto facts = [](std::string_view text) { return read_words(text, shipped_vocabulary()); };
    for (const char* title : {"Panne velvet dress", "Sous vide box cooker", "Second main board",
                              "Comic con exclusive", "Sin City DVD", "Rainbow pour paint"}) {
        EXPECT_EQ(facts(title), TextFacts{}) << title;
    }
}

TEST(TitleWords, WhatAsksToReadTheDescriptionIsNotAsGoodAsItSounds) {
    const auto condition = [](std::string_view text) {
        return read_words(text, shipped_vocabulary()).condition;
    };
    EXPECT_EQ(condition("Canon EOS 5D READ DESCRIPTION"), Condition::acceptable);
    EXPECT_EQ(condition("PS4 - please read the full description!"), Condition::acceptable);
    EXPECT_EQ(condition("iPhone 8 read desc."), Condition::acceptable);
    EXPECT_EQ(condition("Kamera, bitte Beschreibung lesen"), Condition::acceptable);
    EXPECT_EQ(condition("Kamera, Beschreibung bitte beachten"), Condition::acceptable);
    EXPECT_EQ(condition("Brand new Sony, read description"), Condition::new_defects);
    EXPECT_EQ(condition("Open box TV read description"), Condition::new_defects);
    EXPECT_EQ(condition("sealed, read the description"), Condition::new_defects);
    EXPECT_EQ(condition("very good camera, read description"), Condition::acceptable);
    EXPECT_EQ(condition("defekt, Beschreibung lesen"), Condition::parts);
    EXPECT_EQ(condition("Learning to read, grade 1"), Condition::unknown);
    EXPECT_EQ(condition("Description of Egypt"), Condition::unknown);
}

TEST(TitleWords, WordsThatOnlyLookLikeAConditionAreLeftAlone) {
    for (const char* title : {"New York poster", "New Balance shoes", "New Super Mario Bros",
                              "6204 2RS sealed bearing", "fine nib fountain pen", "never used",
                              "mit OVP", "good vibes mug", "handbag", "Sony headphones", ""}) {
        EXPECT_EQ(read_words(title, shipped_vocabulary()).condition, Condition::unknown) << title;
    }
}

TEST(TitleWords, AnyBytesAreTaken) {
    std::string bytes;
    for (int i = 0; i < 4000; ++i)
        bytes.push_back(static_cast<char>(i * 131 % 256));
    for (std::size_t size = 0; size < 4000; size += 7) {
        read_words(std::string_view(bytes).substr(0, size), shipped_vocabulary());
    }
    EXPECT_EQ(lot_of(std::string(text_bytes_max, 'x') + " lot of 4"), 1) << "behind the end";
    EXPECT_EQ(lot_of("\xC3"), 1);
    EXPECT_EQ(lot_of("4 \xE2\x80"), 1);
}

TEST(TitleWords, StorageIsTheLargestThatIsNoWorkingMemory) {
    const auto storage = [](std::string_view text) {
        return read_words(text, shipped_vocabulary()).storage_gb;
    };
    EXPECT_EQ(storage("Apple iPhone 8 64 GB black"), 64);
    EXPECT_EQ(storage("Galaxy S21 8GB/256GB"), 256);
    EXPECT_EQ(storage("Laptop 16GB RAM 512GB SSD"), 512);
    EXPECT_EQ(storage("Laptop 512 GB SSD, DDR4 16 GB"), 512);
    EXPECT_EQ(storage("Xbox One 1TB"), 1'000);
    EXPECT_EQ(storage("Xbox One 1024 GB"), 1'000);
    EXPECT_EQ(storage("16GB DDR4 RAM"), 0) << "a module of memory has no storage";
    EXPECT_EQ(storage("Nintendo Wii"), 0);
}

TEST(TitleWords, MeasuresBehindTimesAreNoQuantity) {
    EXPECT_EQ(lot_of("Teppich 2 x 3 m"), 1);
    EXPECT_EQ(lot_of("Poster 20 x 30 inch"), 1);
    EXPECT_EQ(lot_of("Kit 2x8GB RAM"), 1);
    EXPECT_EQ(lot_of("screws 1,000 pcs"), 1'000);
}

class AttributesTest : public ::testing::Test {
  protected:
    const Attributes& read() {
        read_attributes(product, *tables, attributes);
        return attributes;
    }
    std::shared_ptr<const Tables> tables = *load_tables();
    Product product;
    Attributes attributes;
};

TEST_F(AttributesTest, AGivenConditionStandsOverTheWords) {
    product.title = "Laptop refurbished";
    EXPECT_EQ(read().condition, Condition::refurb_seller);
    EXPECT_TRUE(attributes.condition_from_text);
    product.condition = Condition::good;
    EXPECT_EQ(read().condition, Condition::good);
    EXPECT_FALSE(attributes.condition_from_text);
}

TEST_F(AttributesTest, ABrandIsTheLongestNameAtTheBoundariesOfWords) {
    const auto brand = [&](std::string_view title) {
        product.title = title;
        return std::string(read().brand);
    };
    EXPECT_EQ(brand("NINTENDO Switch"), "nintendo");
    EXPECT_EQ(brand("Hewlett-Packard LaserJet"), "hp");
    EXPECT_EQ(brand("hewlett packard enterprise server"), "hpe") << "the longest";
    EXPECT_EQ(brand("Sonys alter Schrank"), "") << "not inside a word";
    EXPECT_EQ(brand("Case for Apple iPhone"), "") << "what it fits did not make it";
    EXPECT_EQ(brand("Spigen case for Apple iPhone"), "spigen");
    EXPECT_EQ(brand("De&#39;Longhi Magnifica"), "de'longhi");
    EXPECT_EQ(brand("Bang &amp; Olufsen Beoplay"), "bang & olufsen");
}

TEST_F(AttributesTest, AGivenBrandIsPreferredWhereItSaysTheSame) {
    product.title = "Linksys EtherFast EZXS88W Switch";
    product.brand = "LINKSYS, INC.";
    EXPECT_EQ(read().brand, "linksys");
    EXPECT_FALSE(attributes.brand_from_title);
    product.brand = "Costco Wholesale";
    EXPECT_EQ(read().brand, "linksys") << "a distributor";
    product.title = "USB charger, works like Apple's";
    product.brand = "Anker";
    EXPECT_EQ(read().brand, "anker");
    product.brand = "Zarblatt";
    product.title = "Zarblatt lamp";
    EXPECT_EQ(read().brand, "zarblatt") << "no table has to know it";
}

TEST_F(AttributesTest, AModelIsATokenOfLettersAndDigitsThatIsNoMeasure) {
    const auto model = [&](std::string_view title) {
        product.title = title;
        return std::string(read().model);
    };
    EXPECT_EQ(model("Sony Turntable - PSLX350H"), "pslx350h");
    EXPECT_EQ(model("Sony WH-1000XM4 headphones"), "wh-1000xm4");
    EXPECT_EQ(model("Apple MacBook Pro MB470LL/A 15.4 inch"), "mb470ll/a");
    EXPECT_EQ(model("TV 1080p 120Hz 64 GB 12V"), "");
    EXPECT_EQ(model("Poster 20x30cm"), "");
    EXPECT_EQ(model("Switch 24-Port 10/100/1000Base-T"), "");
    EXPECT_EQ(model("Xbox 360"), "");
    product.model = "EOS-5D";
    EXPECT_EQ(model("Canon DS126201"), "eos-5d") << "given";
    EXPECT_FALSE(attributes.model_from_title);
}

TEST_F(AttributesTest, VariantsAreNamedTheSameInBothLanguages) {
    product.title = "Apple iPhone 8 64 GB spacegrau, simlockfrei";
    EXPECT_EQ(read().variant.storage_gb, 64);
    EXPECT_EQ(attributes.variant.color, "gray");
    EXPECT_EQ(attributes.variant.carrier, "unlocked");
    product.title = "Apple iPhone 8 64GB Space Gray T-Mobile";
    EXPECT_EQ(read().variant.carrier, "t-mobile");
    EXPECT_EQ(attributes.variant.color, "gray");
    product.title = "Super Mario Sunshine PAL";
    EXPECT_EQ(read().variant.region, "pal");
    product.title = "Super Mario Sunshine NTSC-J";
    EXPECT_EQ(read().variant.region, "ntsc-j");
    product.title =
        "Jacke Gr\xC3\xB6\xC3\x9F"
        "e XL schwarz/wei\xC3\x9F";
    EXPECT_EQ(read().variant.size, "xl");
    EXPECT_EQ(attributes.variant.color, "") << "two colours are no one colour";
    product.title = "Nike Air Max size 42.5 schwarz";
    EXPECT_EQ(read().variant.color, "black");
    product.title = "Black & Decker drill";
    EXPECT_EQ(read().variant.color, "") << "a brand's name";
    product.title = "Cricket bat";
    EXPECT_EQ(read().variant.carrier, "") << "not on a telephone";
    product.color = "Schwarz";
    product.device.storage_gb = 128;
    product.title = "iPhone 64 GB weiss";
    EXPECT_EQ(read().variant.color, "black") << "given";
    EXPECT_EQ(attributes.variant.storage_gb, 128);
}

TEST_F(AttributesTest, TheSameWordsInAnyOrderAndWritingHaveOneHash) {
    product.title = "Sony WH-1000XM4 Kopfh\xC3\xB6rer, schwarz";
    const auto hash = read().tokens_hash;
    product.title = "schwarz ~~ KOPFH\xC3\x96RER wh-1000xm4 SONY sony";
    EXPECT_EQ(read().tokens_hash, hash);
    product.title = "Sony WH-1000XM5 Kopfh\xC3\xB6rer, schwarz";
    EXPECT_NE(read().tokens_hash, hash);
    product.title = "";
    EXPECT_EQ(read().tokens_hash, 0U);
}

TEST_F(AttributesTest, StainlessSteelIsWhatAThingIsMadeOfAndNoColour) {
    product.title = "Kettle stainless steel, black, 1.7 l";
    EXPECT_EQ(read().variant.color, "black");
    product.title = "Wasserkocher Edelstahl rot";
    EXPECT_EQ(read().variant.color, "red");
    product.title = "Cookware set stainless steel";
    EXPECT_EQ(read().variant.color, "");
}

TEST_F(AttributesTest, TheLanguageIsGivenOrReadFromTheWords) {
    product.title = "Kopfh\xC3\xB6rer mit Kabel, schwarz";
    EXPECT_EQ(read().language, "de");
    product.title = "Headphones with cable, black";
    EXPECT_EQ(read().language, "en");
    product.title = "Sony WH-1000XM4";
    EXPECT_EQ(read().language, "") << "nobody can tell";
    product.language = "fr-CA";
    EXPECT_EQ(read().language, "fr");
}

TEST_F(AttributesTest, AUsersBrandsAreAddedToTheTable) {
    const embedded::EmbeddedFile own{"mine.json",
                                     R"({"brands": {"zarblatt": ["Z. Blatt", "ZB-Audio"]}})"};
    tables = *load_tables(std::span(&own, 1));
    product.title = "ZB Audio amplifier";
    EXPECT_EQ(read().brand, "zarblatt");
    product.title = "Sony amplifier";
    EXPECT_EQ(read().brand, "sony");

    const embedded::EmbeddedFile broken{"mine.json", R"({"brands": {"zb": [""]}})"};
    EXPECT_EQ(load_tables(std::span(&broken, 1)).error().code, ErrorCode::invalid_input);
    const embedded::EmbeddedFile other{"mine.json", R"({"makers": {}})"};
    EXPECT_EQ(load_tables(std::span(&other, 1)).error().code, ErrorCode::invalid_input);
}

TEST_F(AttributesTest, ADefectIsNeverOverlooked) {
    product.condition = Condition::good;
    product.title = "Camera, defekt";
    EXPECT_TRUE(read().parts_only);
    product.title = "Camera";
    EXPECT_FALSE(read().parts_only);
    product.condition_notes = "shutter not working";
    EXPECT_TRUE(read().parts_only);
    product.condition_notes = {};
    product.condition = Condition::parts;
    EXPECT_TRUE(read().parts_only);
}

TEST_F(AttributesTest, NotesDoNotMakeALot) {
    product.title = "Chess set";
    product.condition_notes = "2 pcs missing, used";
    EXPECT_EQ(read().lot_quantity, 1);
    EXPECT_EQ(attributes.condition, Condition::good);
}

TEST_F(AttributesTest, AGivenPackSizeStandsOverTheTitle) {
    product.title = "Lot of 4 mugs";
    EXPECT_EQ(read().lot_quantity, 4);
    product.pack_size = 6;
    EXPECT_EQ(read().lot_quantity, 6);
}

}  // namespace
}  // namespace assay::engine

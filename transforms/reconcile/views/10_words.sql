-- Words that the views and rules share: how numbers are compared, how money is worked out exactly, how values are written.

-- The business's own numbers differ between systems only in zeros, dashes, blanks and case.
CREATE OR REPLACE TEMP MACRO bare_number(stated) AS regexp_replace(upper(stated), '[\s-]', '', 'g');
CREATE OR REPLACE TEMP MACRO number_key(stated) AS
    CASE WHEN bare_number(stated) <> '' AND ltrim(bare_number(stated), '0') = '' THEN '0' ELSE nullif(ltrim(bare_number(stated), '0'), '') END;

-- A rate is a price, the units it is for, and the base units in one of them: it is compared and multiplied, never divided out.
CREATE OR REPLACE TEMP MACRO no_rate() AS NULL::STRUCT(price DECIMAL(28, 10), basis DECIMAL(18, 4), factor DECIMAL(18, 4));
CREATE OR REPLACE TEMP MACRO rate_of(price, basis, factor) AS
    CASE WHEN price IS NOT NULL AND basis > 0 AND factor > 0
        THEN {'price': price::DECIMAL(28, 10), 'basis': basis::DECIMAL(18, 4), 'factor': factor::DECIMAL(18, 4)} END;

-- Whole numbers at fixed scales: HUGEINT arithmetic is exact, and TRY gives null where 38 digits are not enough.
CREATE OR REPLACE TEMP MACRO scaled4(x) AS (x::DECIMAL(38, 4) * 10000)::HUGEINT;
CREATE OR REPLACE TEMP MACRO scaled8(x) AS (x::DECIMAL(38, 8) * 100000000)::HUGEINT;
CREATE OR REPLACE TEMP MACRO scaled10(x) AS (x::DECIMAL(38, 10) * 10000000000)::HUGEINT;
CREATE OR REPLACE TEMP MACRO rate_units(rate) AS scaled4(rate.basis) * scaled4(rate.factor);

-- Money of a quantity in base units, rounded half away from zero to four places.
CREATE OR REPLACE TEMP MACRO worth_ten_thousandths(positive, price, units) AS
    (2 * positive * price + 1000000 * units) // (2000000 * units);
CREATE OR REPLACE TEMP MACRO worth(quantity, rate) AS
    CASE WHEN quantity IS NOT NULL AND rate IS NOT NULL THEN TRY((
        CASE WHEN (quantity < 0) <> (rate.price < 0) THEN -1 ELSE 1 END
        * worth_ten_thousandths(scaled8(abs(quantity)), scaled10(abs(rate.price)), rate_units(rate))::DECIMAL(38, 0)
        * 0.0001::DECIMAL(5, 4))::DECIMAL(18, 4)) END;

-- Rates that cannot be compared in 38 digits are reported, not passed over.
CREATE OR REPLACE TEMP MACRO rates_differ(a, b) AS
    CASE WHEN a IS NULL OR b IS NULL THEN false
        ELSE coalesce(TRY(scaled10(a.price) * rate_units(b) <> scaled10(b.price) * rate_units(a)), true) END;
CREATE OR REPLACE TEMP MACRO rates_beyond(a, b, percent, amount) AS
    CASE WHEN a IS NULL OR b IS NULL THEN false
        ELSE coalesce(TRY(
            abs(scaled10(a.price) * rate_units(b) - scaled10(b.price) * rate_units(a)) * 1000000
                > scaled4(percent) * abs(scaled10(b.price)) * rate_units(a)
            OR abs(scaled10(a.price) * rate_units(b) - scaled10(b.price) * rate_units(a)) * 100
                > scaled4(amount) * rate_units(a) * rate_units(b)), true) END;

-- Values as a reader writes them: no zeros at the end.
CREATE OR REPLACE TEMP MACRO plain_number(x) AS
    CASE WHEN contains(x::VARCHAR, '.') THEN rtrim(rtrim(x::VARCHAR, '0'), '.') ELSE x::VARCHAR END;
CREATE OR REPLACE TEMP MACRO with_unit(quantity, unit) AS
    CASE WHEN quantity IS NOT NULL THEN concat_ws(' ', plain_number(quantity), coalesce(unit, 'in several units')) END;
CREATE OR REPLACE TEMP MACRO money_text(amount, currency) AS
    CASE WHEN amount IS NOT NULL THEN concat_ws(' ',
        CASE WHEN round(amount, 2) = amount THEN amount::DECIMAL(38, 2)::VARCHAR ELSE plain_number(amount) END, currency) END;
CREATE OR REPLACE TEMP MACRO rate_text(rate, currency) AS
    CASE WHEN rate IS NOT NULL THEN concat_ws(' ', plain_number(rate.price), currency,
        CASE WHEN rate.basis <> 1 THEN concat('for ', plain_number(rate.basis)) END,
        CASE WHEN rate.factor <> 1 THEN concat('in packs of ', plain_number(rate.factor)) END) END;

-- The check digit of a GTIN-14 (GS1 General Specifications 7.9): weights 3 and 1 from the left, to the next ten.
CREATE OR REPLACE TEMP MACRO has_right_check_digit(gtin) AS
    regexp_full_match(gtin, '[0-9]{14}') AND list_sum(list_transform(range(1, 15),
        lambda i: TRY_CAST(gtin[i] AS BIGINT) * CASE WHEN i % 2 = 1 THEN 3 ELSE 1 END)) % 10 = 0;

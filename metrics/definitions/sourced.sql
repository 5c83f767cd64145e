/*
# Which sources and primary campaigns of deals are marketing's. Shared by the metrics that name it in `uses`.
[options.marketing_sources]
default = "organic search; paid search; email marketing; organic social; paid social; social media; referrals; other campaigns; direct traffic; ai referrals; web; website; inbound; advertisement; advertising; content; email; event; newsletter; public relations; seminar; trade show; webinar; marketing"
meaning = "Deal sources that are marketing's, separated by semicolons, in any case."
[options.not_marketing_campaigns]
default = ""
meaning = "Primary campaigns that are not marketing's, by their names or by their channels, separated by semicolons, in any case. All others are."
*/
-- section: other_campaigns
SELECT DISTINCT o.campaign
FROM model.opportunities o
LEFT JOIN model.campaigns c ON c.campaign = o.campaign
WHERE strpos(';' || replace(replace(lower($not_marketing_campaigns), '_', ' '), '; ', ';') || ';', ';' || lower(replace(trim(o.campaign), '_', ' ')) || ';') > 0
  OR strpos(';' || replace(replace(lower($not_marketing_campaigns), '_', ' '), '; ', ';') || ';', ';' || lower(replace(trim(c.channel), '_', ' ')) || ';') > 0

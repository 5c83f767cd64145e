/*
# Which marketing touches influence a deal, and how long before it. Shared by the metrics that name it in `uses`.
[options.touch]
default = "response"
choices = ["response", "any"]
meaning = "Which marketing touches influence: visits and responses, or any, sends and impressions included (coverage)."
[options.window_days]
default = 90
minimum = 0
meaning = "Days before the anchor in which a touch counts; 0 is any time before."
*/

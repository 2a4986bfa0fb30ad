<#-- The frame of every HTML mail: who writes, and whom to ask. -->
<#macro emailLayout>
<html lang="${locale.language}" dir="${(ltr)?then('ltr','rtl')}">
<body style="font-family: sans-serif; font-size: 16px; line-height: 1.5; color: #12233d;">
    <p><strong>${msg("aikomMailBrand")}</strong></p>
    <#nested>
    <hr>
    <p style="font-size: 14px;">${msg("aikomMailSupport")}</p>
</body>
</html>
</#macro>

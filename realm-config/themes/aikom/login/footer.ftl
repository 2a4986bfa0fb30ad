<#-- Under every page: whom to ask. The text is aikomSupport in messages, or the realm's own localization of it. -->
<#macro content>
<div class="aikom-support" id="aikom-support">${msg("aikomSupport")}</div>
</#macro>
